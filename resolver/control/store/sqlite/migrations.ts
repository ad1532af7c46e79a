/** One step per version of the tables, in order; `user_version` counts those that were done. Never edit a released one. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE document (
    kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (kind, id)
  ) WITHOUT ROWID;
  CREATE TABLE change (only INTEGER PRIMARY KEY CHECK (only = 1), version INTEGER NOT NULL);
  INSERT INTO change VALUES (1, 0);

  -- AUTOINCREMENT: the number of a forgotten device is never given to another.
  CREATE TABLE device (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, generation TEXT);
  CREATE TABLE entry (device INTEGER NOT NULL, number INTEGER NOT NULL, line TEXT NOT NULL,
    PRIMARY KEY (device, number)) WITHOUT ROWID;
  CREATE TABLE segment (number INTEGER PRIMARY KEY, device INTEGER NOT NULL, hour INTEGER NOT NULL, bytes BLOB NOT NULL);
  CREATE TABLE chunk (hour INTEGER NOT NULL, device INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (hour, device));
  CREATE TABLE rollup (hour INTEGER NOT NULL, device INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (hour, device));
  CREATE TABLE day (day INTEGER PRIMARY KEY);
  CREATE TABLE boot (boot TEXT PRIMARY KEY, sequence INTEGER NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
  `,
  `
  -- What was appended last, as it came: one row is all that a flush costs. Every so often all are sorted into segments,
  -- and their rows written over by those of the next turn, because a new one would touch more pages.
  CREATE TABLE flush (slot INTEGER PRIMARY KEY, turn INTEGER NOT NULL, hour INTEGER NOT NULL, boot TEXT NOT NULL,
    sequence INTEGER NOT NULL, at INTEGER NOT NULL, bytes BLOB NOT NULL);
  CREATE TABLE sorted (only INTEGER PRIMARY KEY CHECK (only = 1), turn INTEGER NOT NULL);
  INSERT INTO sorted VALUES (1, 1);
  CREATE INDEX segment_of_hour ON segment (hour, device);
  `,
];
