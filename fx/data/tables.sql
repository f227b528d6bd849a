CREATE TABLE source (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name)
)

;
CREATE TABLE document (
	id INTEGER NOT NULL, 
	sha256 TEXT NOT NULL, 
	name TEXT NOT NULL, 
	source_id INTEGER NOT NULL, 
	observed_at INTEGER NOT NULL, 
	time_basis TEXT NOT NULL, 
	recorded_at INTEGER NOT NULL, 
	quotes INTEGER NOT NULL, 
	repeats INTEGER NOT NULL, 
	rejects INTEGER NOT NULL, 
	digest INTEGER NOT NULL, 
	seal INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (sha256, source_id, observed_at), 
	FOREIGN KEY(source_id) REFERENCES source (id)
)

;
CREATE TABLE series (
	id INTEGER NOT NULL, 
	source_id INTEGER NOT NULL, 
	base TEXT NOT NULL, 
	counter TEXT NOT NULL, 
	plain_scale INTEGER, 
	PRIMARY KEY (id), 
	UNIQUE (base, counter, source_id), 
	CHECK (base <> counter), 
	FOREIGN KEY(source_id) REFERENCES source (id)
)

;
CREATE TABLE quote (
	series_id INTEGER NOT NULL, 
	observed_at INTEGER NOT NULL, 
	rate INTEGER NOT NULL, 
	scale INTEGER NOT NULL, 
	rest TEXT NOT NULL, 
	change INTEGER NOT NULL, 
	document_id INTEGER NOT NULL, 
	line INTEGER NOT NULL, 
	times INTEGER DEFAULT 1 NOT NULL, 
	PRIMARY KEY (series_id, observed_at, rate, scale, rest, change), 
	FOREIGN KEY(series_id) REFERENCES series (id), 
	FOREIGN KEY(document_id) REFERENCES document (id)
)
 WITHOUT ROWID,
 STRICT

;
CREATE TABLE reject (
	document_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	line INTEGER NOT NULL, 
	place INTEGER NOT NULL, 
	text TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	PRIMARY KEY (document_id, number), 
	FOREIGN KEY(document_id) REFERENCES document (id)
)
 WITHOUT ROWID

;
CREATE TABLE sighting (
	series_id INTEGER NOT NULL, 
	observed_at INTEGER NOT NULL, 
	rate INTEGER NOT NULL, 
	scale INTEGER NOT NULL, 
	rest TEXT NOT NULL, 
	change INTEGER NOT NULL, 
	document_id INTEGER NOT NULL, 
	line INTEGER NOT NULL, 
	times INTEGER DEFAULT 1 NOT NULL, 
	PRIMARY KEY (series_id, observed_at, rate, scale, rest, change, document_id), 
	FOREIGN KEY(series_id) REFERENCES series (id), 
	FOREIGN KEY(document_id) REFERENCES document (id)
)
 WITHOUT ROWID,
 STRICT

;
CREATE INDEX document_by_time ON document (recorded_at);
CREATE INDEX series_by_counter ON series (counter, base);
