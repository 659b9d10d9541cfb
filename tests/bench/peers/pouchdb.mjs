// pouchdb: the peer of B4. Visits of the seeded city as documents: written into one PouchDB, 1,000 a batch, replicated
// over HTTP on loopback to a server (express-pouchdb, a process of its own), and from there into another PouchDB.
// All three keep their data in memory, which spares PouchDB the disk that zhucun writes to.
//
//   node pouchdb.mjs MODULES CITY COUNT     prints the seconds of the whole
//
// MODULES is the folder that `run` installed the packages into.
import { fork } from 'node:child_process'
import { createRequire } from 'node:module'
import path from 'node:path'
import { visits } from './visits.mjs'

const [modules, city, count, role] = process.argv.slice(2)
const require = createRequire(path.resolve(modules, 'package.json'))
const PouchDB = require('pouchdb-core')
  .plugin(require('pouchdb-adapter-memory'))
  .plugin(require('pouchdb-adapter-http'))
  .plugin(require('pouchdb-replication'))
  .plugin(require('pouchdb-mapreduce'))

function serve() {
  const app = require('express')()
  app.use('/', require('express-pouchdb')(PouchDB.defaults({ adapter: 'memory' }), { mode: 'minimumForPouchDB', inMemoryConfig: true }))
  const server = app.listen(0, '127.0.0.1', () => process.send(server.address().port))
}

async function main() {
  const child = fork(process.argv[1], [modules, city, count, 'serve'], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], cwd: modules })
  const port = await new Promise(resolve => child.once('message', resolve))
  const docs = visits(city, Number(count)).map(({ id, ...rest }) => ({ _id: id, ...rest }))
  const options = { batch_size: 1000, batches_limit: 10 }
  const from = new PouchDB('from', { adapter: 'memory' }), to = new PouchDB('to', { adapter: 'memory' })
  const server = new PouchDB(`http://127.0.0.1:${port}/visits`)
  await server.info()
  const began = performance.now()
  for (let i = 0; i < docs.length; i += 1000) await from.bulkDocs(docs.slice(i, i + 1000))
  await from.replicate.to(server, options)
  await to.replicate.from(server, options)
  const seconds = (performance.now() - began) / 1000
  const arrived = (await to.info()).doc_count
  child.kill()
  if (arrived !== docs.length) throw new Error(`${arrived} of ${docs.length} documents arrived`)
  console.log(seconds.toFixed(3))
  process.exit(0)
}

if (role === 'serve') serve()
else await main()
