// sqlite-sync: the peer of B4. Visits inserted into one database with sqlite-sync, 1,000 a transaction; its changes put
// into a second (the server's), and those of the second into a third. Merge only: no network, in memory, and the
// WebAssembly build that the package ships.
//
//   node sqlite-sync.mjs MODULES CITY COUNT     prints the seconds of the whole
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { insert, row, table, visits } from './visits.mjs'

const [modules, city, count] = process.argv.slice(2)
const init = (await import(pathToFileURL(path.resolve(modules, 'node_modules/@sqliteai/sqlite-wasm/node.mjs')))).default
const sqlite = await init({ print() {}, printErr() {} })
const changes = 'SELECT tbl, pk, col_name, col_value, col_version, db_version, site_id, cl, seq FROM cloudsync_changes'
const apply = 'INSERT INTO cloudsync_changes(tbl, pk, col_name, col_value, col_version, db_version, site_id, cl, seq)' +
  ' VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)'

function open() {
  const db = new sqlite.oo1.DB(':memory:')
  db.exec(table)
  db.exec("SELECT cloudsync_init('visit')")
  return db
}

function run(db, sql, rows) {
  const st = db.prepare(sql)
  db.exec('BEGIN')
  for (const values of rows) st.bind(values).stepReset()
  db.exec('COMMIT')
  st.finalize()
}

const list = visits(city, Number(count)).map(row)
const [from, server, to] = [open(), open(), open()]
const began = performance.now()
for (let i = 0; i < list.length; i += 1000) run(from, insert, list.slice(i, i + 1000))
run(server, apply, from.selectArrays(changes))
run(to, apply, server.selectArrays(changes))
const seconds = (performance.now() - began) / 1000
const arrived = to.selectValue('SELECT count(*) FROM visit')
if (arrived !== list.length) throw new Error(`${arrived} of ${list.length} visits arrived`)
console.log(seconds.toFixed(3))
