import type { Block, Fact, Section, Table } from '#description/publish/published-document.ts'
import type { FontSubsets } from '../files.ts'
import { flowIn, fullColumn, sheet, type Column, type Flow, type Parent } from './flow.ts'
import { createTypesetter, type TextStyle, type Typesetter } from './typeset.ts'
import { pdfUaXmp, xmpOf, type DocumentMetadata } from './xmp.ts'

const ink = '#212121'
const muted = '#505c62'
const brand = '#00357a'

const styles = {
  kind: { weight: 400, size: 11, leading: 15, color: muted },
  title: { weight: 600, size: 20, leading: 25, color: ink },
  heading: { weight: 600, size: 11, leading: 15, color: brand },
  minor: { weight: 600, size: 10.5, leading: 15, color: ink },
  text: { weight: 400, size: 10.5, leading: 15, color: ink },
  label: { weight: 600, size: 10.5, leading: 15, color: ink },
  small: { weight: 400, size: 8.5, leading: 12, color: muted },
} as const satisfies Record<string, TextStyle>

const labelColumn: Column = { x: sheet.left, width: 128 }
const valueColumn: Column = { x: sheet.left + 142, width: fullColumn.width - 142 }
const bulletIndent = 14

/** A document in sections. */
export interface SectionedDocument {
  metadata: DocumentMetadata
  /** Lines under the title: kind and date of the document. */
  subtitles: readonly string[]
  /** Emphasised lines. */
  notes?: readonly string[]
  sections: readonly Section[]
  /** Content above the title on the first page: sender and recipient of a letter. */
  opening?: (flow: Flow, root: Parent) => void
  /** True to omit the lines between sections. */
  withoutRules?: boolean
  /** True for PDF/A-2a (ISO 19005-2) as well. */
  isArchived?: boolean
  /** Footer of every page. */
  footer: string
  pageOf: (page: number, pages: number) => string
}

/**
 * Renders a document as tagged PDF by ISO 14289-1 (PDF/UA-1), and by ISO 19005-2 (PDF/A-2a) if it is archived. Deterministic: the same document and text give the same bytes.
 */
export async function sectionsPdf(
  {
    metadata,
    subtitles,
    notes = [],
    sections,
    opening,
    withoutRules = false,
    isArchived = false,
    footer,
    pageOf,
  }: SectionedDocument,
  subsets: FontSubsets,
): Promise<Buffer> {
  const { title, author, subject, language, createdAt } = metadata
  // Loaded on demand, because it includes large font tables.
  const { default: PDFDocument } = await import('pdfkit')
  const doc = new PDFDocument({
    size: [sheet.width, sheet.height],
    margin: 0,
    pdfVersion: '1.7',
    // pdfkit supports PDF/UA, but its types only have PDF/A.
    subset: isArchived ? 'PDF/A-2a' : ('PDF/UA' as 'PDF/A-1'),
    tagged: true,
    lang: language,
    displayTitle: true,
    bufferPages: true,
    autoFirstPage: false,
    info: {
      Title: title,
      Author: author,
      Subject: subject,
      Creator: 'Seloste',
      CreationDate: new Date(createdAt.epochMilliseconds),
    },
  })
  // pdfkit writes the title into XMP without escaping XML.
  Object.assign(doc, { _addInfo: () => doc.appendXML(xmpOf(metadata) + (isArchived ? pdfUaXmp : '')) })
  const parts: Buffer[] = []
  doc.on('data', (part: Buffer) => parts.push(part))
  const done = new Promise<Buffer>((resolve, reject) => {
    doc.on('end', () => resolve(Buffer.concat(parts)))
    doc.on('error', reject)
  })

  const typesetter = createTypesetter(doc, subsets)
  const flow = flowIn(doc, typesetter)
  doc.addPage()
  const root = doc.struct('Document')
  doc.addStructure(root)

  opening?.(flow, root)
  flow.text(root, 'H1', title, styles.title)
  doc.outline.addItem(title, { expanded: true })
  flow.space(8)
  for (const line of subtitles) flow.text(root, 'P', line, styles.kind)
  for (const line of notes) flow.text(root, 'P', line, styles.label)
  const chapters = doc.outline.children[0] ?? doc.outline
  for (const section of sections) drawSection(section)
  root.end()
  drawHeadersAndFooters(doc, typesetter, { header: title, footer, pageOf })
  doc.end()
  return done

  function drawSection({ heading, blocks }: Section): void {
    if (!withoutRules) flow.space(12)
    flow.need(90)
    if (!withoutRules && !flow.isFresh()) flow.rule()
    flow.space(14)
    flow.within(root, 'Sect', (sect) => {
      if (heading !== '') {
        flow.text(sect, 'H2', heading, styles.heading)
        chapters.addItem(heading)
        flow.space(6)
      }
      blocks.forEach((block, index) => {
        if (index > 0) flow.space(block.kind === 'heading' ? 12 : 7)
        drawBlock(flow, sect, block)
      })
    })
  }
}

function drawBlock(flow: Flow, parent: Parent, block: Block): void {
  switch (block.kind) {
    case 'heading':
      flow.need(60)
      return flow.text(parent, 'H3', block.text, styles.minor)
    case 'paragraph':
      return flow.text(parent, 'P', block.sentences.map(({ text }) => text).join(' '), styles.text)
    case 'facts':
      return flow.within(parent, 'L', (list) => {
        block.facts.forEach((fact, index) => {
          if (index > 0) flow.space(9)
          drawFact(flow, list, fact)
        })
      })
    case 'list':
      if (block.lead) {
        flow.need(3 * styles.text.leading)
        flow.text(parent, 'P', block.lead.text, styles.text)
        flow.space(4)
      }
      return flow.within(
        parent,
        'L',
        (list) => {
          for (const { text } of block.items) drawItem(flow, list, text)
        },
        { O: 'List', ListNumbering: 'Disc' },
      )
    case 'table':
      return drawTable(flow, parent, block)
  }
}

/** Draws a label and its lines beside it. */
function drawFact(flow: Flow, list: Parent, { label, lines }: Fact): void {
  flow.need(Math.max(flow.heightOf(label, styles.label, labelColumn), 2 * styles.text.leading))
  flow.within(list, 'LI', (item) => {
    const top = flow.at()
    flow.text(item, 'Lbl', label, styles.label, labelColumn)
    const labelEnd = flow.at()
    flow.goTo(top)
    flow.within(item, 'LBody', (body) => {
      lines.forEach(({ text }, index) => {
        if (index > 0 && flow.heightOf(text, styles.text, valueColumn) > styles.text.leading) flow.space(3)
        flow.text(body, 'P', text, styles.text, valueColumn)
      })
    })
    if (flow.at().page === labelEnd.page && flow.at().y < labelEnd.y) flow.goTo(labelEnd)
  })
}

function drawItem(flow: Flow, list: Parent, text: string): void {
  const column = { x: fullColumn.x + bulletIndent, width: fullColumn.width - bulletIndent }
  flow.need(flow.heightOf(text, styles.text, column))
  flow.within(list, 'LI', (item) => {
    const top = flow.at()
    flow.text(item, 'Lbl', '•', styles.text, { x: fullColumn.x + 3, width: bulletIndent })
    flow.goTo(top)
    flow.text(item, 'LBody', text, styles.text, column)
  })
}

const cellGap = 14
/** Column widths of the table of purposes: the middle one has the most text. */
const shares = [0.3, 0.45, 0.25]

function drawTable(flow: Flow, parent: Parent, { head, rows }: Table): void {
  const free = fullColumn.width - cellGap * (head.length - 1)
  const columns: Column[] = []
  for (const share of head.map((_, index) =>
    head.length === shares.length ? (shares[index] ?? 0) : 1 / head.length,
  )) {
    const before = columns.at(-1)
    columns.push({ x: before ? before.x + before.width + cellGap : fullColumn.x, width: free * share })
  }
  flow.within(parent, 'Table', (table) => {
    flow.within(table, 'THead', (into) => drawRow(flow, into, columns, head, { isHead: true, isLast: false }))
    flow.within(table, 'TBody', (into) => {
      rows.forEach(({ cells }, index) => {
        const texts = cells.map(({ text }) => text)
        drawRow(flow, into, columns, texts, { isHead: false, isLast: index === rows.length - 1 })
      })
    })
  })
}

/** Draws a row, which stays on one page. */
function drawRow(
  flow: Flow,
  into: Parent,
  columns: readonly Column[],
  texts: readonly string[],
  { isHead, isLast }: { isHead: boolean; isLast: boolean },
): void {
  const styleAt = (index: number) => (isHead || index === 0 ? styles.label : styles.text)
  const height = Math.max(...texts.map((text, index) => flow.heightOf(text, styleAt(index), columns[index])))
  flow.need(height + 10)
  flow.within(into, 'TR', (row) => {
    const top = flow.at()
    texts.forEach((text, index) => {
      flow.goTo(top)
      const scope = isHead ? 'Column' : index === 0 ? 'Row' : undefined
      flow.within(
        row,
        scope ? 'TH' : 'TD',
        (cell) => flow.text(cell, 'P', text, styleAt(index), columns[index]),
        scope && { O: 'Table', Scope: scope },
      )
    })
    flow.goTo({ page: top.page, y: top.y + height + 4 })
  })
  if (isLast) return
  flow.rule()
  flow.space(5)
}

/** Draws the header and footer of every page as artifacts. */
function drawHeadersAndFooters(
  doc: PDFKit.PDFDocument,
  typesetter: Typesetter,
  labels: { header: string; footer: string; pageOf: (page: number, pages: number) => string },
): void {
  const { start, count } = doc.bufferedPageRange()
  const right = sheet.width - sheet.right
  for (let page = start; page < start + count; page += 1) {
    doc.switchToPage(page)
    doc.markContent('Artifact', { type: 'Pagination' })
    const number = labels.pageOf(page + 1, count)
    const numberWidth = typesetter.widthOf(number, styles.small)
    const footerTop = sheet.height - sheet.bottom + 28
    if (page > start) {
      const [header = ''] = typesetter.linesOf(labels.header, styles.small, fullColumn.width)
      typesetter.draw(header, styles.small, sheet.left, 34)
    }
    const [footer = ''] = typesetter.linesOf(labels.footer, styles.small, fullColumn.width - numberWidth - 20)
    typesetter.draw(footer, styles.small, sheet.left, footerTop)
    typesetter.draw(number, styles.small, right - numberWidth, footerTop)
    doc.endMarkedContent()
  }
}
