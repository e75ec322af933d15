// Makes the index of decisions in Markdown, by area, with status and date. The third line of docs/decisions/NNNN-*.md
// is `Status: STATUS. Date: DATE. Area: AREA.` and what the decision changes. Throws for a decision without one of
// these, and for a number that is missing or used twice.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = 'docs/decisions'
const areas = [
  'capture',
  'register and search',
  'description',
  'evidence',
  'people and rights',
  'audit log',
  'keys, destruction and backup',
  'rights of data subjects',
  'disclosure and voices',
  'quality, training and studies',
  'operation',
  'house',
]
const form =
  /^# (?<number>\d+)\. (?<title>.+)\n\nStatus: (?<status>(?:accepted|superseded by \[\d{4}\]\([^)]+\)))\. Date: (?<date>\d{4}-\d\d-\d\d)\. Area: (?<area>[^.]+)\.(?<changes>.*)\n\n/

interface Decision {
  number: number
  row: string
  area: string
}

/** @throws Error that names the file and what is wrong with it */
export function listDecisions(): string {
  const files = readdirSync(folder).filter((file) => /^\d{4}-.*\.md$/.test(file))
  const decisions = files.map((file, index) => readDecision(file, index + 1))
  const sections = areas.map((area) => {
    const rows = decisions.filter((decision) => decision.area === area).map(({ row }) => row)
    const heading = `## ${area[0]?.toUpperCase()}${area.slice(1)}`
    return [heading, '', '| | Decision | Status | Date |', '|---|---|---|---|', ...rows].join('\n')
  })
  return `# Decisions\n\nMade by \`npm run generate\` from the files of this folder.\n\n${sections.join('\n\n')}\n`
}

function readDecision(file: string, expected: number): Decision {
  const found = form.exec(readFileSync(join(folder, file), 'utf8'))?.groups
  if (!found) throw new Error(`${file} needs "# N. Title" and "Status: accepted. Date: YYYY-MM-DD. Area: AREA."`)
  const { number, title, status, date, area, changes } = found as Record<string, string>
  if (Number(number) !== expected || Number(file.slice(0, 4)) !== expected)
    throw new Error(`${file} is decision ${number}; the next number is ${expected}`)
  if (!areas.includes(area!)) throw new Error(`${file} has the area "${area}"; there are: ${areas.join('; ')}`)
  const parts = [status, changes!.trim().replace(/\.$/, '')].filter((part) => part !== '').join('. ')
  return { number: expected, row: `| [${file.slice(0, 4)}](${file}) | ${title} | ${parts} | ${date} |`, area: area! }
}
