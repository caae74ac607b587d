import { declareErrors } from './declare.js';

export const storeErrors = declareErrors({
  MW_STORE_MISSING: {
    doc: 'There is no store at the path given, and it was opened for reading only.',
    fix: 'Check the path, or run a command that writes (such as train) to make the store.',
    status: 404,
    exit: 4,
  },
  MW_STORE_FOREIGN: {
    doc: 'The path given for a store is a file, or a folder that holds other things.',
    fix: 'Give an empty or new folder, or the folder of a store.',
    exit: 4,
  },
  MW_STORE_NEWER: {
    doc: 'The store was written by a newer version of Millwright than this one.',
    fix: 'Update Millwright, or use another store.',
    exit: 4,
  },
  MW_STORE_UNWRITABLE: {
    doc: 'The store cannot be written to: a read-only disk, or missing rights.',
    fix: 'Check the rights on the folder and that the disk is not mounted read-only, or give another folder.',
    status: 503,
    exit: 4,
  },
  MW_STORE_READ_ONLY: {
    doc: 'Something tried to write to a store that was opened for reading only.',
    fix: 'Open the store for writing.',
    status: 409,
    exit: 4,
  },
  MW_STORE_FULL: {
    doc: 'The disk (or the quota) of the store is full; nothing was half-written.',
    fix: 'Make room, then run the same command again.',
    status: 507,
    exit: 4,
  },
  MW_STORE_FAILED: {
    doc: 'The operating system refused to read or write a file of the store.',
    fix: 'Check the disk, and the message for the reason it gave.',
    status: 503,
    exit: 4,
  },
  MW_STORE_CORRUPT: {
    doc: 'A file of the store does not hold what Millwright wrote there.',
    fix: 'Run "millwright doctor" to see what is damaged, and "millwright doctor --repair" to keep what is whole; or restore the store from a copy.',
    status: 500,
    exit: 4,
  },
  MW_STORE_BUSY: {
    doc: 'Another process kept the metadata database for so long that this one gave up.',
    fix: 'Try again when the other process has finished its work.',
    status: 503,
    exit: 4,
  },
  MW_STORE_HELD: {
    doc: 'Another process serves from this store (a server or a replay): a store has one at a time.',
    fix: 'Stop the other process, or give this one another store.',
    status: 409,
    exit: 4,
  },
  MW_ARTIFACT_MISSING: {
    doc: 'The store has no artifact of this content hash.',
    fix: 'Check the hash; the artifact may belong to another store.',
    status: 404,
    exit: 4,
  },
  MW_ARTIFACT_CORRUPT: {
    doc: 'The bytes of an artifact no longer match the content hash that names them.',
    fix: 'Restore the file from a copy of the store, or run "millwright doctor --repair", which puts it aside, and the step that made it again.',
    status: 500,
    exit: 4,
  },
  MW_ARTIFACT_TOO_LARGE: {
    doc: 'An artifact is too large to be read into memory at once.',
    fix: 'Read it from its path, piece by piece.',
    status: 413,
    exit: 4,
  },
  MW_ARTIFACT_INVALID: {
    doc: 'What was given as the content hash of an artifact is not one.',
    fix: "A content hash is 'sha256:' and 64 hexadecimal digits.",
    exit: 2,
  },
  MW_EVENT_TOPIC_INVALID: {
    doc: 'The name of an event topic has characters that it cannot have.',
    fix: 'Use up to 128 letters, digits, dots, dashes and underscores, beginning with a letter or digit.',
    exit: 2,
  },
  MW_EVENT_TOPIC_LOCKED: {
    doc: 'Another process is writing to the topic of the event log; a topic has one writer at a time.',
    fix: 'Stop the other process, or give this one another store.',
    status: 409,
    exit: 4,
  },
  MW_EVENT_TOO_LARGE: {
    doc: 'A record is larger than the event log takes.',
    fix: 'Store the bytes as an artifact and append its content hash.',
    status: 413,
    exit: 4,
  },
  MW_EVENT_LOG_CORRUPT: {
    doc: 'A record of the event log does not match its checksum, and others follow it.',
    fix: 'Run "millwright doctor --repair": it keeps every record that is whole, and puts what is damaged aside.',
    status: 500,
    exit: 4,
  },
  MW_EVENT_LOG_CLOSED: {
    doc: 'The event log was used after it was closed.',
    fix: 'Open it again.',
    status: 503,
    exit: 4,
  },
});
