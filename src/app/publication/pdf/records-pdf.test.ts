import { beforeAll, describe, expect, test } from 'vitest'
import { checkPdfA } from '#test/conformance/pdf/check-pdf-a.ts'
import { checkPdfUa } from '#test/conformance/pdf/check-pdf-ua.ts'
import { languages } from '#description/closed-lists.ts'
import { describeRecord } from '#use/records/describe-record.ts'
import { agentRoles, recordKinds } from '#use/records/list-records.ts'
import { readPublicationFiles, type FontSubsets } from '../files.ts'
import { recordsPdf } from './records-pdf.ts'
import { sectionsPdf } from './sections-pdf.ts'

let fonts: FontSubsets
beforeAll(async () => {
  fonts = (await readPublicationFiles()).pdfFonts
})

const createdAt = Temporal.Instant.from('2026-12-01T10:00:00.5Z')
const about = {
  from: Temporal.PlainDate.from('2026-01-01'),
  to: Temporal.PlainDate.from('2026-11-30'),
  createdAt,
  controller: 'Verohallinto & <Skatt>',
}
const role = { fi: 'Virkailija', sv: 'Tjänsteman', en: 'Official' }
const entries = recordKinds.map((kind) =>
  describeRecord(
    {
      key: `${kind}:1`,
      kind,
      act: 'REQUEST',
      number: '1',
      entered_at: createdAt,
      decided_at: createdAt,
      closed_at: createdAt,
      outcome: 'APPROVED',
      agents: agentRoles.map((agent) => ({ role: agent, person: null, name: 'Ä & <Ö> Đặng' })),
      languages: ['fi'],
      facts: {},
    },
    { person: (id) => id, role: () => role },
  ),
)

describe('the case register as a PDF', () => {
  test.each(languages)('in %s is PDF/A-2a and PDF/UA-1 as far as a program can check', async (language) => {
    const pdf = await recordsPdf(entries, about, language, fonts)
    expect(checkPdfA(pdf)).toEqual([])
    expect(checkPdfUa(pdf)).toEqual([])
  })

  test('is PDF/A without decisions too', async () => {
    const pdf = await recordsPdf([], about, 'fi', fonts)
    expect(checkPdfA(pdf)).toEqual([])
  })

  test('is archived: a document that is not archived fails the PDF/A check', async () => {
    const text = { title: 'T', author: 'A', subject: 'S', language: 'fi', createdAt }
    const pdf = await sectionsPdf(
      { metadata: text, subtitles: [], sections: [], footer: 'F', pageOf: () => '1' },
      fonts,
    )
    expect(checkPdfA(pdf).join('\n')).toMatch(/6\.6\.4: XMP does not say part 2[\s\S]*6\.2\.3: no output intent/)
  })
})
