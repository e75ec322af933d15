import { Readable } from 'node:stream'
import type { Language, Trilingual } from '#platform/texts/texts.ts'
import type { RegisterDescription } from '#description/register-description.ts'
import { namePeople } from '#safeguards/people/name-people.ts'
import { describeRecord, type DiaryEntry } from '#use/records/describe-record.ts'
import {
  listRecords,
  recordKinds,
  type RecordKind,
  type RecordQuery,
  type RecordRow,
} from '#use/records/list-records.ts'
import { csvHeader, csvLine } from '#use/records/write-csv.ts'
import { readPublicationFiles } from '../../publication/files.ts'
import { recordsPdf } from '../../publication/pdf/records-pdf.ts'
import { operations } from '../contract/operations.ts'
import { describedNow, type Desk } from '../desk.ts'
import { refuse, refuseAs } from '../refuse.ts'
import type { Routes } from '../routes.ts'

/** Limit for a PDF, which is laid out in memory. */
const maxInPdf = 2000

/** Route of the case register. CSV and JSON are streamed in parts, so that their length has no limit. */
export function recordsRoutes(app: Routes, desk: Desk): void {
  let files: ReturnType<typeof readPublicationFiles> | undefined

  app.route({
    ...operations.exportRecords,
    handler: async (request, reply) => {
      const { format, language } = request.query
      const query = readQuery(request.query)
      if ('field' in query) return refuse(reply, 'input.invalid', { field: query.field })
      const listed = await listRecords(desk.db, request.session, query)
      if ('refused' in listed) return refuseAs(reply, listed)
      const description = describedNow(desk)
      const parts = describeParts(desk, listed.parts, description)
      const name = `${fileNames[language]}-${query.from.toString()}-${query.to.toString()}.${format}`
      void reply
        .header('content-disposition', `attachment; filename="${name}"`)
        .header('cache-control', 'no-store')
        .type(types[format])
      if (format !== 'pdf') {
        const made = desk.clock.now().toString()
        const texts = format === 'csv' ? writeCsv(parts, language) : writeJson(parts, query, made)
        return reply.send(Readable.from(texts))
      }
      const entries: DiaryEntry[] = []
      for await (const part of parts) {
        entries.push(...part)
        if (entries.length > maxInPdf) {
          void reply.removeHeader('content-disposition')
          return refuse(reply, 'records.too-many')
        }
      }
      files ??= readPublicationFiles()
      const { pdfFonts } = await files
      const metadata = { ...query, createdAt: desk.clock.now(), controller: description.controller.name[language] }
      return reply.send(await recordsPdf(entries, metadata, language, pdfFonts))
    },
  })
}

const fileNames: Record<Language, string> = { fi: 'asiarekisteri', sv: 'diarium', en: 'diary' }
const types = { csv: 'text/csv; charset=utf-8', json: 'application/json; charset=utf-8', pdf: 'application/pdf' }

function readQuery(query: {
  from: string
  to: string
  kinds?: string
}): RecordQuery | { field: 'from' | 'to' | 'kinds' } {
  const [from, to] = [readDay(query.from), readDay(query.to)]
  if (!from) return { field: 'from' }
  if (!to || Temporal.PlainDate.compare(from, to) > 0) return { field: 'to' }
  if (query.kinds === undefined) return { from, to }
  const kinds = query.kinds.split(',')
  const isKnown = (kind: string): kind is RecordKind => recordKinds.some((known) => known === kind)
  return kinds.every(isKnown) ? { from, to, kinds } : { field: 'kinds' }
}

function readDay(text: string): Temporal.PlainDate | undefined {
  try {
    const day = Temporal.PlainDate.from(text, { overflow: 'reject' })
    return day.year >= 2000 && day.year < 10_000 ? day : undefined
  } catch {
    return undefined
  }
}

async function* describeParts(
  desk: Desk,
  parts: AsyncGenerator<RecordRow[]>,
  { roles }: RegisterDescription,
): AsyncGenerator<DiaryEntry[]> {
  for await (const rows of parts) {
    const person = await namePeople(
      desk.db,
      rows.flatMap(({ agents }) => agents.map((agent) => agent.person)),
    )
    const role = (wanted: string, duty: string | undefined): Trilingual =>
      roles.find((one) => one.role === wanted && one.duty === duty)?.names ?? { fi: wanted, sv: wanted, en: wanted }
    yield rows.map((row) => describeRecord(row, { person: (id) => person(id).name, role }))
  }
}

async function* writeCsv(parts: AsyncGenerator<DiaryEntry[]>, language: Language): AsyncGenerator<string> {
  yield csvHeader()
  for await (const part of parts) yield part.map((entry) => csvLine(entry, language)).join('')
}

async function* writeJson(
  parts: AsyncGenerator<DiaryEntry[]>,
  { from, to }: RecordQuery,
  made: string,
): AsyncGenerator<string> {
  const header = { format: 'seloste/diary', formatVersion: 1, from: from.toString(), to: to.toString(), made }
  yield `${JSON.stringify(header).slice(0, -1)},"entries":[`
  let separator = '\n'
  for await (const part of parts) {
    yield part
      .map((entry) => {
        const text = `${separator}${JSON.stringify(entry)}`
        separator = ',\n'
        return text
      })
      .join('')
  }
  yield '\n]}\n'
}
