// PouchDB, as a server (`pouch_peer.js server FOLDER`) or as a laptop that is told what to do line by line; the same words as
// anki_peer.py. Run in the folder where pouchdb, express-pouchdb and express are installed.
const readline = require("readline");
const { createRequire } = require("module");
const need = createRequire(process.cwd() + "/");
const PouchDB = need("pouchdb");

if (process.argv[2] === "server") {
    const app = need("express")();
    const Server = PouchDB.defaults({ prefix: process.argv[3] + "/" });
    app.use("/", need("express-pouchdb")(Server, { mode: "minimumForPouchDB", inMemoryConfig: true, logPath: process.argv[3] + "/log.txt" }));
    const listening = app.listen(0, "127.0.0.1", () => console.log(listening.address().port));
    process.stdin.on("end", () => process.exit(0)).resume();
} else {
    let db, remote;
    const verbs = {
        open: async (path) => { db = new PouchDB(path); await db.info(); },
        add: async (records) => { await db.bulkDocs(records.map(({ id, ...rest }) => ({ _id: id, ...rest }))); },
        login: async (address) => { remote = address + "/records"; },
        sync: async () => { const said = await db.sync(remote); return said.push.docs_written + said.pull.docs_written; },
        count: async () => (await db.info()).doc_count,
    };
    (async () => {
        for await (const line of readline.createInterface({ input: process.stdin })) {
            const [[verb, what]] = Object.entries(JSON.parse(line));
            const done = await verbs[verb](what);
            console.log(JSON.stringify({ done: done === undefined ? null : done }));
        }
        process.exit(0);
    })();
}
