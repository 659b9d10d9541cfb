// crsqlite: the peer of B4. Visits inserted into one cr-sqlite database, 1,000 a transaction; its changes put into a
// second (the server's), and those of the second into a third. Merge only: no network, in memory, and the WebAssembly
// build that the package ships, because the native one would be downloaded.
//
//   node crsqlite.mjs MODULES CITY COUNT     prints the seconds of the whole
import fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { insert, row, table, visits } from './visits.mjs'

const [modules, city, count] = process.argv.slice(2)
const inside = name => path.resolve(modules, 'node_modules/@vlcn.io', name)
const load = name => import(pathToFileURL(inside(name)))
const wasm = fs.readFileSync(inside('crsqlite-wasm/dist/crsqlite.wasm'))
globalThis.fetch = async () => new Response(wasm, { headers: { 'Content-Type': 'application/wasm' } })

const factory = (await load('crsqlite-wasm/dist/crsqlite.mjs')).default
const api = (await load('wa-sqlite/src/sqlite-api.js')).Factory(await factory({ locateFile: name => name }))
const changes = 'SELECT "table", pk, cid, val, col_version, db_version, site_id, cl, seq FROM crsql_changes'
const apply = 'INSERT INTO crsql_changes VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)'

async function run(db, sql, rows) {
  const text = api.str_new(db, sql)
  const { stmt } = await api.prepare_v2(db, api.str_value(text))
  await api.exec(db, 'BEGIN')
  for (const values of rows) {
    api.bind_collection(stmt, values)
    await api.step(stmt)
    await api.reset(stmt)
  }
  await api.exec(db, 'COMMIT')
  await api.finalize(stmt)
  api.str_finish(text)
}

async function all(db, sql) {
  const rows = []
  await api.exec(db, sql, values => rows.push(values.map(v => (v instanceof Int8Array || v instanceof Uint8Array ? v.slice() : v))))
  return rows
}

async function open() {
  const db = await api.open_v2(':memory:')
  await api.exec(db, table)
  await api.exec(db, "SELECT crsql_as_crr('visit')")
  return db
}

const list = visits(city, Number(count)).map(row)
const [from, server, to] = [await open(), await open(), await open()]
const began = performance.now()
for (let i = 0; i < list.length; i += 1000) await run(from, insert, list.slice(i, i + 1000))
await run(server, apply, await all(from, changes))
await run(to, apply, await all(server, changes))
const seconds = (performance.now() - began) / 1000
const [[arrived]] = await all(to, 'SELECT count(*) FROM visit')
if (Number(arrived) !== list.length) throw new Error(`${arrived} of ${list.length} visits arrived`)
console.log(seconds.toFixed(3))
