import { readFileSync } from 'node:fs'
import PDFDocument from 'pdfkit'
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { checkPdfUa } from '#test/conformance/pdf/check-pdf-ua.ts'
import { gdprText } from '#test/database/describe-from.ts'
import { publishDescription } from '#description/publish/publish-description.ts'
import { seedDescriptionFile } from '#description/read-description.ts'
import { languages, type Language } from '#description/closed-lists.ts'
import { readText } from '#safeguards/versions/versions.ts'
import { readPublicationFiles, type PublicationFiles } from '../files.ts'
import { renderingInstant, addVersionStates } from '../version-states.ts'
import { descriptionPdf } from './description-pdf.ts'

const seed = readFileSync(seedDescriptionFile, 'utf8')
const source = readFileSync(new URL('../../../../test/vectors/register-description.fi.txt', import.meta.url), 'utf8')
const now = Temporal.Instant.from('2026-11-25T10:00:00Z')
const start = Temporal.Instant.from('2025-12-31T22:00:00Z')
let files: PublicationFiles
beforeAll(async () => {
  files = await readPublicationFiles()
})

async function pdfOf(text: string, language: Language): Promise<Buffer> {
  const version = { version: 1, effectiveFrom: start, approvedAt: start, author: null, approver: null }
  const [shown] = addVersionStates([{ ...version, ...readText(text, 'test') }], now)
  if (!shown) throw new Error('no version')
  return descriptionPdf(
    publishDescription(shown.version.description, language, renderingInstant(shown, now)),
    shown,
    files.pdfFonts,
  )
}

describe('the description as a PDF', () => {
  const profiles = { seed, gdpr: gdprText(seed) }
  test.each(languages.flatMap((language) => [[language, 'seed'] as const, [language, 'gdpr'] as const]))(
    'in %s, profile %s, is PDF/UA-1 as far as a program can check',
    async (language, profile) => {
      expect(checkPdfUa(await pdfOf(profiles[profile], language))).toEqual([])
    },
  )

  test('has the text of the source, word for word in the order of its structure', async () => {
    const read = await readAloud(await pdfOf(seed, 'fi'))
    const ofTheSource = read.text.filter((text) => !text.includes('Versio 1 · '))
    expect(wordsOf(ofTheSource.join(' ')).slice(0, wordsOf(source).length)).toBe(wordsOf(source))
    expect(read.language).toBe('fi')
    expect(read.title).toBe('Verohallinnon puhelinpalvelun kontaktihistorian ja puhelutallenteiden rekisteri')
    expect(read.bookmarks).toEqual([
      read.title,
      'YLEISTÄ',
      'REKISTERÖITYJEN RYHMÄT JA REKISTERIN TIETOSISÄLTÖ',
      'KONTAKTIHISTORIAN JA TALLENTEIDEN SÄILYTYS JA SUOJAAMINEN',
      'TALLENTEIDEN JA TUNNISTETIETOJEN LUOVUTUS',
      'KÄYTTÖOIKEUDET',
      'SOITTAVAN ASIAKKAAN JA VIRKAILIJAN TARKASTUSOIKEUS',
      'Tämä versio',
    ])
  })

  test('is identical to the byte when it is made again', async () => {
    expect((await pdfOf(seed, 'sv')).equals(await pdfOf(seed, 'sv'))).toBe(true)
  })

  test('stays PDF/UA with other scripts, XML’s special characters and a page-long name', async () => {
    const text = seed
      .replace('fi: Henkilöverotus/Palveluyksikkö', 'fi: Šabac & <Ελλάδα> Чита Đặng 漢')
      .replace(
        /fi: Verohallinnon puhelinpalvelun.*/,
        `fi: A & <B> "${'hyvinpitkäsana'.repeat(40)}" ${'nimi '.repeat(120)}`,
      )
    const pdf = await pdfOf(text, 'fi')
    expect(checkPdfUa(pdf)).toEqual([])
    const { text: read, title } = await readAloud(pdf)
    // A character that the typeface lacks becomes a question mark, never an empty box.
    expect(wordsOf(read.join(' '))).toContain('Šabac & <Ελλάδα> Чита Đặng ?')
    expect(title).toContain('A & <B>')
  })
})

describe('the checker finds', () => {
  const checkDrawing = (draw: (doc: PDFKit.PDFDocument) => void, options: PDFKit.PDFDocumentOptions = {}) => {
    const doc = new PDFDocument({
      pdfVersion: '1.7',
      subset: 'PDF/UA' as 'PDF/A-1',
      tagged: true,
      lang: 'en',
      displayTitle: true,
      info: { Title: 'Title' },
      autoFirstPage: false,
      ...options,
    })
    const parts: Buffer[] = []
    const done = new Promise<Buffer>((resolve) =>
      doc.on('data', (part: Buffer) => parts.push(part)).on('end', () => resolve(Buffer.concat(parts))),
    )
    doc.addPage()
    doc.font(files.pdfFonts.get('latin-400') ?? Buffer.alloc(0))
    draw(doc)
    doc.end()
    return done.then(checkPdfUa)
  }
  const structured = (doc: PDFKit.PDFDocument, ...types: string[]) => {
    const root = doc.struct('Document')
    doc.addStructure(root)
    for (const type of types) root.add(doc.struct(type, {}, () => void doc.text(type)))
    root.end()
  }

  test.each<[string, (doc: PDFKit.PDFDocument) => void, PDFKit.PDFDocumentOptions, string]>([
    [
      'text that is not tagged',
      (doc) => {
        structured(doc, 'H1')
        doc.text('loose')
      },
      {},
      '01-005',
    ],
    [
      'a line that is not tagged',
      (doc) => {
        structured(doc, 'H1')
        doc.moveTo(0, 0).lineTo(9, 9).stroke()
      },
      {},
      '01-005',
    ],
    ['a document without a language', (doc) => structured(doc, 'H1'), { lang: '' }, '11-006'],
    ['a document that does not show its title', (doc) => structured(doc, 'H1'), { displayTitle: false }, '07-001'],
    ['a document that is not marked as PDF/UA', (doc) => structured(doc, 'H1'), { subset: 'PDF/A-1b' }, '06-002'],
    ['a title that is not valid XML', (doc) => structured(doc, 'H1'), { info: { Title: 'A & B' } }, '06-001'],
    ['a heading that leaves out a level', (doc) => structured(doc, 'H1', 'H3'), {}, '14-002'],
    ['headings that begin below the first', (doc) => structured(doc, 'H2'), {}, '14-002'],
    ['an element of no standard type', (doc) => structured(doc, 'H1', 'Chapter'), {}, '02-001'],
    ['text directly in a table', (doc) => structured(doc, 'H1', 'Table'), {}, '09-004'],
    ['a font that is not embedded', (doc) => structured(doc.font('Helvetica'), 'H1'), {}, '31-009'],
    [
      'a character without a glyph',
      (doc) => {
        const root = doc.struct('Document')
        doc.addStructure(root)
        root.add(doc.struct('H1', {}, () => void doc.text('漢')))
        root.end()
      },
      {},
      '31-030',
    ],
    ['headings without bookmarks', (doc) => structured(doc, 'H1'), {}, 'bookmarks'],
    ['an encrypted document', (doc) => structured(doc, 'H1'), { ownerPassword: 'x' }, '26-001'],
  ])('%s', async (_, draw, options, breach) => {
    expect((await checkDrawing(draw, options)).join('\n')).toContain(breach)
  })
})

const wordsOf = (text: string) => text.replaceAll('•', ' ').replace(/\s+/gu, ' ').trim()

/** Reads the document as a screen reader does: by its structure, through pdf.js. */
async function readAloud(bytes: Buffer) {
  const doc = await getDocument({ data: new Uint8Array(bytes), verbosity: 0 }).promise
  const text: string[] = []
  for (let number = 1; number <= doc.numPages; number += 1) {
    const page = await doc.getPage(number)
    const { items } = await page.getTextContent({ includeMarkedContent: true })
    const marked = new Map<string, string>()
    const open: (string | undefined)[] = []
    for (const item of items) {
      if ('str' in item) {
        const id = open.findLast((opened) => opened !== undefined)
        if (id !== undefined) marked.set(id, (marked.get(id) ?? '') + item.str + (item.hasEOL ? ' ' : ''))
      } else if (item.type === 'endMarkedContent') open.pop()
      else open.push(item.id)
    }
    const walk = (node: unknown): void => {
      const { id, children = [] } = node as { id?: string; children?: unknown[] }
      if (id !== undefined) text.push(marked.get(id) ?? '')
      children.forEach(walk)
    }
    walk(await page.getStructTree())
  }
  const { info } = await doc.getMetadata()
  const outline = (await doc.getOutline()) as { title: string; items: { title: string }[] }[]
  const metadata = info as { Title?: string; Language?: string }
  return {
    text,
    title: metadata.Title,
    language: metadata.Language,
    bookmarks: outline.flatMap(({ title, items }) => [title, ...items.map((item) => item.title)]),
  }
}
