// check_hive_driver.js HOST PORT AUTH
'use strict';
const assert = require('node:assert');
const hive = require('hive-driver');

const { TCLIService, TCLIService_types: types } = hive.thrift;
const [host, port, auth] = process.argv.slice(2);
const DATABASE = 'foreign_hive_driver';

let passed = 0;
let failed = 0;
async function run(name, check) {
  try {
    await check();
    passed += 1;
    console.log(`pass ${name}`);
  } catch (e) {
    failed += 1;
    console.log(`FAIL ${name}: ${e.constructor.name}: ${String(e.message).slice(0, 500)}`);
  }
}

// column type, literal, what the driver makes of it
const COLUMNS = [
  ['boolean', 'true', true],
  ['tinyint', '-128', -128],
  ['smallint', '32767', 32767],
  ['int', '-2147483648', -2147483648],
  ['double', '2.5e-3', 0.0025],
  ['string', "'grün, it''s'", "grün, it's"],
  ['varchar(5)', "'abcdefg'", 'abcde'],
  ['char(4)', "'ab'", 'ab  '],
  ['binary', "'bytes'", Buffer.from('bytes')],
  ['decimal(10,2)', "'12.5'", 12.5],
  ['date', "'2024-02-29'", '2024-02-29'],
  ['timestamp', "'2024-02-29 13:14:15.5'", '2024-02-29 13:14:15.5'],
  ['timestamp with local time zone', "'2024-02-29 13:14:15'", '2024-02-29 13:14:15.0 UTC'],
  ['interval year to month', "'1-2'", '1-2'],
  ['interval day to second', "'3 04:05:06.789'", '3 04:05:06.789000000'],
  ['array<int>', 'array(1,2)', [1, 2]],
  ['map<string,int>', "map('k',1)", { k: 1 }],
  ['struct<a:int,b:string>', "named_struct('a',1,'b','x')", { a: 1, b: 'x' }],
];

async function main() {
  const client = new hive.HiveClient(TCLIService, types);
  client.on('error', (e) => console.log(`the connection failed: ${e.message}`));
  const authentication = auth === 'nosasl'
    ? new hive.auth.NoSaslAuthentication()
    : new hive.auth.PlainTcpAuthentication({
      username: process.env.CISTERN_USER, password: process.env.CISTERN_PASSWORD,
    });
  await client.connect({ host, port: Number(port), options: {} }, new hive.connections.TcpConnection(), authentication);
  const session = await client.openSession({
    client_protocol: types.TProtocolVersion.HIVE_CLI_SERVICE_PROTOCOL_V11,
  });
  const utils = new hive.HiveUtils(types);

  async function rowsOf(operation) {
    await utils.waitUntilReady(operation, false, () => {});
    await utils.fetchAll(operation);
    const rows = utils.getResult(operation).getValue();
    await operation.close();
    return rows;
  }
  const query = async (sql) => rowsOf(await session.executeStatement(sql, { runAsync: true }));
  async function execute(sql) {
    const operation = await session.executeStatement(sql, { runAsync: true });
    await utils.waitUntilReady(operation, false, () => {});
    await operation.close();
  }

  await run('select', async () => {
    assert.deepStrictEqual(await query("select 1 as one, 'x' as s, cast(null as int) as n"), [{ one: 1, s: 'x', n: null }]);
  });
  await run('all types', async () => {
    await execute(`create database if not exists ${DATABASE}`);
    await execute(`drop table if exists ${DATABASE}.all_types`);
    await execute(`create table ${DATABASE}.all_types (${COLUMNS.map((c, i) => `c${i} ${c[0]}`).join(', ')})`);
    await execute(`insert into ${DATABASE}.all_types values (${COLUMNS.map((c) => c[1]).join(', ')}), (${COLUMNS.map(() => 'null').join(', ')})`);
    const rows = await query(`select * from ${DATABASE}.all_types`);
    assert.strictEqual(rows.length, 2);
    COLUMNS.forEach((c, i) => {
      assert.deepStrictEqual(rows[0][`c${i}`], c[2], `${c[0]}: ${JSON.stringify(rows[0][`c${i}`])}`);
      // The driver parses nested values before it looks for NULL.
      if (!/^(array|map|struct)/.test(c[0])) assert.strictEqual(rows[1][`c${i}`], null, `${c[0]}: NULL`);
    });
  });
  await run('metadata', async () => {
    const schemas = await rowsOf(await session.getSchemas({}));
    assert.ok(schemas.some((row) => row.TABLE_SCHEM === DATABASE));
    const tables = await rowsOf(await session.getTables({ schemaName: DATABASE }));
    assert.deepStrictEqual(tables.map((row) => row.TABLE_NAME), ['all_types']);
    const columns = await rowsOf(await session.getColumns({ schemaName: DATABASE, tableName: 'all_types' }));
    assert.strictEqual(columns.length, COLUMNS.length);
    assert.ok((await rowsOf(await session.getTypeInfo())).length > 15);
    assert.ok((await rowsOf(await session.getFunctions({ functionName: '%' }))).length > 10);
    assert.deepStrictEqual(await rowsOf(await session.getCatalogs()), []);
    const info = await session.getInfo(types.TGetInfoType.CLI_DBMS_NAME);
    assert.ok(info.getValue().length > 0);
  });
  await run('error', async () => {
    await assert.rejects(query('select * from no_such_table'), (e) => /no_such_table/.test(e.message));
  });
  await run('20,000 rows', async () => {
    const rows = await query("select id, concat('row ', id) as name from range(20000)");
    assert.strictEqual(rows.length, 20000);
    assert.strictEqual(rows[19999].name, 'row 19999');
  });
  await run('progress', async () => {
    const operation = await session.executeStatement('select 1', { runAsync: true });
    const status = await operation.status(true);
    assert.ok(status.progressUpdateResponse.headerNames.length > 0);
    await operation.close();
  });
  await run('cancel', async () => {
    const operation = await session.executeStatement('select sandbox_sleep(60000)', { runAsync: true });
    await operation.cancel();
    const status = await operation.status(false);
    assert.strictEqual(status.operationState, types.TOperationState.CANCELED_STATE);
    await operation.close();
  });
  await run('close', () => session.close());
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed ? 1 : 0);
}

main().catch((e) => {
  console.log(`FAIL connect: ${e.constructor.name}: ${e.message}`);
  console.log(`${passed} passed, ${failed + 1} failed`);
  process.exit(1);
});
