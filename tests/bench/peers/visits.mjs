// visits: the seeded city's visits for the peers of B4, `most` of them, repeated as needed, under ids of their own.
import fs from 'node:fs'
import path from 'node:path'

export const columns = ['household', 'date', 'time', 'mode', 'companions', 'summary', 'needs', 'education', 'medical',
  'housing', 'water', 'policy', 'author', 'authored']

export function visits(city, most) {
  const folder = path.join(city, 'acts'), list = []
  for (const name of fs.readdirSync(folder).sort())
    for (const line of fs.readFileSync(path.join(folder, name), 'utf8').split('\n')) {
      if (!line) continue
      const act = JSON.parse(line)
      const visit = act.changes.find(c => c.op === 'put' && c.table === 'visit')
      if (visit) list.push({ author: act.as, authored: act.at, ...visit.values })
    }
  return Array.from({ length: most }, (_, i) => ({ id: `77-${String(i).padStart(12, '0')}`, ...list[i % list.length] }))
}

export const table = `CREATE TABLE visit(id TEXT PRIMARY KEY NOT NULL, ${columns.map(c => `"${c}" TEXT`).join(', ')})`
export const insert = `INSERT INTO visit VALUES(?${', ?'.repeat(columns.length)})`
export const row = visit => [visit.id, ...columns.map(c => visit[c] ?? null)]
