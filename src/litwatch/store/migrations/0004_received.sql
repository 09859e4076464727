-- Who said that a message of unknown fate arrived.

ALTER TABLE outbox ADD COLUMN received_by VARCHAR;
