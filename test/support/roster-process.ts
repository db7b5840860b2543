import { createReadStream } from 'node:fs';
import { openPool } from '../../src/database/pool.ts';
import { parseProfile } from '../../src/roster/profile.ts';
import { receiveRoster, workOnRoster } from '../../src/roster/take.ts';
import { RESOURCE_COLUMNS } from '../../src/scim/resource-columns.ts';

// a process that takes one roster, to be killed: URL TENANT CONNECTION FILE
const [url = '', tenantId = '', connectionId = '', file = ''] = process.argv.slice(2);
const db = openPool({ url, max: 4 });
const options = { db, columns: RESOURCE_COLUMNS, changed: () => {}, batch: 20 };
const profile = parseProfile({});
const upload = {
  tenantId,
  connectionId,
  profile,
  dryRun: false,
  hold: false,
  fileName: file,
  idempotencyKey: null,
  askedBy: 'test',
};
process.stdout.write('begin\n');
const received = await receiveRoster(options, upload, createReadStream(file), () => file);
if ('run' in received) await workOnRoster(options, received.run);
await db.destroy();
