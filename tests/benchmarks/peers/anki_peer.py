"""One laptop of Anki, told what to do line by line; runs in Anki's own environment and knows nothing of ours.

`{"open": path}`, `{"add": [records]}`, `{"login": address}`, `{"sync": 0}`, `{"count": 0}`; answers each with one line of JSON.
"""

import json
import sys

from anki.collection import Collection
from anki.sync_pb2 import SyncCollectionResponse


class Laptop:
    """A collection whose notes are records, a field each."""

    def open(self, path):
        self.col = Collection(path)

    def _kind(self, names):
        known = self.col.models.by_name("Record")
        if known:
            return known
        kind = self.col.models.new("Record")
        for name in names:
            self.col.models.add_field(kind, self.col.models.new_field(name))
        card = self.col.models.new_template("Card")
        card["qfmt"], card["afmt"] = "{{" + names[0] + "}}", "{{" + names[-1] + "}}"
        self.col.models.add_template(kind, card)
        self.col.models.add(kind)
        return self.col.models.by_name("Record")

    def add(self, records):
        kind = self._kind(list(records[0]))
        deck = self.col.decks.id("Default")
        for record in records:
            note = self.col.new_note(kind)
            for name, value in record.items():
                note[name] = str(value)
            self.col.add_note(note, deck)

    def login(self, address):
        self.auth = self.col.sync_login("user", "pass", address)

    def sync(self, _):
        said = self.col.sync_collection(self.auth, False)
        kind = SyncCollectionResponse
        if said.required in (kind.FULL_SYNC, kind.FULL_UPLOAD, kind.FULL_DOWNLOAD):
            upload = said.required == kind.FULL_UPLOAD or (said.required == kind.FULL_SYNC and self.count(0) > 0)
            self.col.close_for_full_sync()
            self.col.full_upload_or_download(auth=self.auth, server_usn=None, upload=upload)
            self.col.reopen(after_full_sync=True)
        return int(said.required)

    def count(self, _):
        return self.col.note_count()


def main():
    laptop = Laptop()
    for line in sys.stdin:
        ((verb, what),) = json.loads(line).items()
        sys.stdout.write(json.dumps({"done": getattr(laptop, verb)(what)}) + "\n")
        sys.stdout.flush()


main()
