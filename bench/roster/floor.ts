import { createReadStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

/*
 * The least that a roster can cost in Node and PostgreSQL: read the file, COPY it, write what differs as one statement, and
 * find who is missing as another one. Nothing is checked, converted, mapped, indexed for search, or made due.
 */

const SCHEMA = `
  create unlogged table floor_rows (key text, data text);
  create table floor_people (key text primary key, data text not null, gone_at timestamptz);`;

const WRITE = `
  insert into floor_people as p (key, data)
  select r.key, r.data from floor_rows r left join floor_people k on k.key = r.key
   where k.key is null or k.data <> r.data or k.gone_at is not null
  on conflict (key) do update set data = excluded.data, gone_at = null`;

const MISSING = `
  update floor_people p set gone_at = now()
   where p.gone_at is null and not exists (select 1 from floor_rows r where r.key = p.key)`;

export type Floor = { upload(file: string): Promise<number>; stop(): Promise<void> };

/** A database that takes the same files; an upload gives its milliseconds. */
export async function openFloor(url: string): Promise<Floor> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(SCHEMA);
  const upload = async (file: string) => {
    const begin = performance.now();
    await client.query('begin');
    await client.query('truncate floor_rows');
    await pipeline(
      createReadStream(file),
      parse({ delimiter: ';', from: 2, skip_empty_lines: true }),
      asText(),
      client.query(copyFrom('copy floor_rows (key, data) from stdin')),
    );
    await client.query('analyze floor_rows');
    await client.query(WRITE);
    await client.query(MISSING);
    await client.query('commit');
    return performance.now() - begin;
  };
  return { upload, stop: () => client.end() };
}

/** Rows as COPY takes them; what it escapes does not come in the generated files. */
function asText(): Transform {
  let block = '';
  return new Transform({
    writableObjectMode: true,
    transform(row: string[], _encoding, done) {
      block += `${row[0]}\t${row.join(';')}\n`;
      if (block.length < 1 << 16) return done();
      done(null, block);
      block = '';
    },
    flush: (done) => done(null, block),
  });
}
