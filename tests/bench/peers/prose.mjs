// prose: texts for B3 that nobody here wrote. Prints the Chinese sentences of a package's documents, one text of 40 to
// 120 characters a line, each sentence once.
//
//   node prose.mjs FOLDER
import fs from 'node:fs'
import path from 'node:path'

const seen = new Set(), texts = []
let text = ''

function add(line) {
  const words = line.replace(/^[\s#>*\-\d.]+/, '').replace(/[*`_|]/g, '').trim()
  const han = (words.match(/\p{Script=Han}/gu) ?? []).length
  if (han < 20 || words.length > 120 || han < words.length * 0.75 || !/[。！？]/.test(words) || seen.has(words)) return
  seen.add(words)
  if (text.length + words.length > 120) flush()
  text += words
  if (text.length >= 60) flush()
}

function flush() {
  if (text.length >= 40) texts.push(text)
  text = ''
}

function walk(folder) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const at = path.join(folder, entry.name)
    if (entry.isDirectory()) walk(at)
    else if (/\.(md|txt)$/.test(entry.name)) fs.readFileSync(at, 'utf8').replace(/```[\s\S]*?```/g, '').split('\n').forEach(add)
  }
}

walk(process.argv[2])
flush()
console.log(texts.join('\n'))
