import { declareErrors } from './declare.js';

export const ingestErrors = declareErrors({
  MW_INGEST_FILE_MISSING: {
    doc: 'A file that a source names does not exist.',
    fix: 'Check the path; relative paths start at the folder of the definition.',
    exit: 2,
  },
  MW_INGEST_NO_MATCH: {
    doc: 'The glob of a source matches no file.',
    fix: 'Check the pattern; relative paths start at the folder of the definition.',
    exit: 2,
  },
  MW_INGEST_DIRECTORY: {
    doc: 'A source names a directory instead of a file.',
    fix: "Name a file in it, or all of them with a glob such as 'folder/*.csv'.",
    exit: 2,
  },
  MW_INGEST_FILE_UNREADABLE: {
    doc: 'A file exists but cannot be read.',
    fix: 'Give the user that runs Millwright the right to read it.',
  },
  MW_INGEST_FILE_EMPTY: {
    doc: 'A file has no content.',
    fix: 'Look at what writes the file; there is nothing to read in it.',
  },
  MW_INGEST_NO_ROWS: {
    doc: 'A file has columns but no row.',
    fix: 'Look at what writes the file; a header alone cannot be learnt from.',
  },
  MW_INGEST_ALL_ROWS_REJECTED: {
    doc: 'Not one row of a source could be read as its contract declares.',
    fix: 'Compare the declared column types and read options with the first rejected rows.',
  },
  MW_INGEST_FORMAT_UNKNOWN: {
    doc: 'The format of a file is none that Millwright reads.',
    fix: 'Give CSV, JSON, JSON lines, Parquet, Arrow IPC or a DuckDB database, gzipped or not.',
    exit: 2,
  },
  MW_INGEST_GZIP_DAMAGED: {
    doc: 'A gzipped file is truncated or damaged.',
    fix: 'Copy or write the file again.',
  },
  MW_INGEST_FILE_DAMAGED: {
    doc: 'A file is not a well-formed file of its format: truncated, damaged, or of another format than its name says.',
    fix: 'Copy or write the file again; check that its format is the declared one.',
  },
  MW_INGEST_JSON_MALFORMED: {
    doc: 'A JSON file is not one array of objects.',
    fix: 'Write an array of objects, or one object a line and call the file .jsonl.',
  },
  MW_INGEST_LINE_TOO_LONG: {
    doc: 'A line of a text file is longer than the limit.',
    fix: 'Check that the file is text with line ends; a real line of that length needs a larger maxLineBytes.',
  },
  MW_INGEST_COLUMN_DUPLICATE: {
    doc: 'A header names a column twice.',
    fix: 'Rename one of the columns.',
  },
  MW_INGEST_COLUMN_NAME: {
    doc: 'A column has a name that nothing can be called by: an empty one, or one with a NUL character.',
    fix: 'Rename the column.',
  },
  MW_INGEST_COLUMNS_TOO_MANY: {
    doc: 'A file has more columns than the limit, or objects with ever new keys.',
    fix: 'Leave out what is not needed, or turn keys into values; a real table of that width needs a larger maxColumns.',
  },
  MW_INGEST_DATES_AMBIGUOUS: {
    doc: 'The dates of a column read as well with the month first as with the day first.',
    fix: 'Say --dates mdy or --dates dmy, or declare the column with dates.',
    exit: 2,
  },
  MW_INGEST_ENCODING_UNKNOWN: {
    doc: 'An encoding is none that is known, or the text of a file is none in any.',
    fix: 'Name the encoding by a label of the WHATWG list, such as utf-8, gbk, shift_jis or windows-1250.',
    exit: 2,
  },
  MW_INGEST_NOT_A_FILE: {
    doc: 'A path names a pipe, a device or a socket; only plain files can be read twice.',
    fix: 'Write what comes out of it to a file first.',
    exit: 2,
  },
  MW_INGEST_UNPACKED_TOO_LARGE: {
    doc: 'A gzipped file unpacks to more than the limit, or to so many times its size that it was made to fill a disk.',
    fix: 'Check where the file comes from; a real one of that size needs larger limits, or to be unpacked first.',
  },
  MW_INGEST_PACKED_TWICE: {
    doc: 'A gzipped file holds a gzipped file.',
    fix: 'Unpack it once.',
  },
  MW_INGEST_SCRATCH_FULL: {
    doc: 'There is no room for the unpacked or decoded copy of a file.',
    fix: 'Make room in the folder for temporary files, or name another in TMPDIR.',
  },
  MW_INGEST_COLUMN_MISSING: {
    doc: 'A declared column is not in the file.',
    fix: 'Declare the columns under the names that the file has.',
  },
  MW_INGEST_COLUMNS_DIFFER: {
    doc: 'The files of one source do not have the same columns.',
    fix: 'Make one source of each kind of file.',
  },
  MW_INGEST_QUERY_MISSING: {
    doc: 'A DuckDB database was named without the query to read.',
    fix: "Name the query: duckdb('file.duckdb', { query: 'SELECT * FROM table' }).",
    exit: 2,
  },
  MW_INGEST_QUERY_FAILED: {
    doc: 'The query over a DuckDB database file failed.',
    fix: 'Correct the query; the message says where it failed.',
    exit: 2,
  },
  MW_INGEST_CODEC_UNKNOWN: {
    doc: 'A file is compressed in a way that Millwright does not read.',
    fix: 'Write the file without compression, or as Parquet.',
  },
  MW_INGEST_WRITE_FORMAT: {
    doc: 'A file to write has an ending that names no format Millwright writes.',
    fix: "Let the name end in '.csv', '.jsonl' or '.parquet'.",
    exit: 2,
  },
  MW_INGEST_UNWRITABLE: {
    doc: 'A file of results could not be written.',
    fix: 'Check that the folder is there, can be written to, and has room.',
  },
});
