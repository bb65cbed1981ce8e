"""The numbered steps from one version of the ledger to the next. A step that was released is never edited."""
