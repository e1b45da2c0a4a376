const { env } = require('node:process');
const { Client } = require('pg');

/** Drops the databases that the workers of this run kept for their next suite. */
module.exports = async function dropDatabases() {
  if (env.DATABASE_URL?.startsWith('postgres') !== true) return;
  const client = new Client({ connectionString: env.DATABASE_URL });
  await client.connect();
  try {
    const { rows } = await client.query('select datname from pg_database where starts_with(datname, $1)', [
      env.TEST_RUN,
    ]);
    for (const { datname } of rows) await client.query(`drop database if exists ${datname} with (force)`);
  } finally {
    await client.end();
  }
};
