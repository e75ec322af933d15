import type { Block, Section } from '#description/publish/published-document.ts'
import type { Language } from '#description/closed-lists.ts'
import type { LetterContent, LetterPart } from '#use/requests/letters/letter.ts'
import type { FontSubsets } from '../files.ts'
import { pageOf } from '../page-texts.ts'
import { sheet, type Column, type Flow, type Parent } from './flow.ts'
import { sectionsPdf } from './sections-pdf.ts'
import type { TextStyle } from './typeset.ts'

const mm = (length: number) => (length * 72) / 25.4

/**
 * Area of the sheet that is visible in the window of a C5 or E65 envelope, even if the folded sheet moves inside: 60 to 84 mm
 * from the upper edge, 20 to 110 mm from the left (the windows of DIN 680, which contain the Finnish ones). The text column
 * leaves the last 5 mm empty.
 */
const envelopeWindow = { top: mm(60), bottom: mm(84), column: { x: mm(20), width: mm(85) } satisfies Column }
const senderColumn: Column = { x: sheet.left, width: mm(90) }
const marksColumn: Column = { x: mm(125), width: sheet.width - sheet.right - mm(125) }

const line = { weight: 400, size: 10.5, leading: 13.6, color: '#212121' } as const satisfies TextStyle
const strong = { ...line, weight: 600 } as const satisfies TextStyle

/** Renders a letter as tagged PDF (PDF/UA-1) for printing and a window envelope. */
export function letterPdf(
  letter: { content: LetterContent; number: string; language: Language; madeAt: Temporal.Instant },
  subsets: FontSubsets,
): Promise<Buffer> {
  const { content, number, language, madeAt } = letter
  const [author = ''] = content.sender
  return sectionsPdf(
    {
      metadata: { title: content.title, author, subject: number, language, createdAt: madeAt },
      subtitles: [],
      opening: (flow, root) => drawOpening(flow, root, content),
      withoutRules: true,
      sections: sectionsOf(content.parts),
      footer: `${author} · ${number}`,
      pageOf: pageOf(language),
    },
    subsets,
  )
}

function drawOpening(flow: Flow, root: Parent, { sender, recipient, marks }: LetterContent): void {
  const top = flow.at()
  sender.forEach((text, index) => flow.text(root, 'P', text, index === 0 ? strong : line, senderColumn))
  const windowTop = { page: 0, y: Math.max(flow.at().y + line.leading, envelopeWindow.top) }
  flow.goTo(windowTop)
  for (const text of recipient) flow.text(root, 'P', text, line, envelopeWindow.column)
  const end = flow.at()
  flow.goTo(top)
  for (const { label, text } of marks) {
    flow.text(root, 'P', `${label}: ${text}`, line, marksColumn)
  }
  flow.goTo(end.page > 0 ? end : { page: 0, y: Math.max(end.y, envelopeWindow.bottom) })
  flow.space(mm(14))
}

/** Groups parts under second-level headings; those before the first heading have none. */
function sectionsOf(parts: readonly LetterPart[]): Section[] {
  const sections: { id: string; heading: string; blocks: Block[] }[] = []
  for (const part of parts) {
    if (part.kind === 'heading' && part.level === 2) {
      sections.push({ id: String(sections.length), heading: part.text, blocks: [] })
      continue
    }
    if (sections.length === 0) sections.push({ id: '0', heading: '', blocks: [] })
    sections.at(-1)!.blocks.push(blockOf(part))
  }
  return sections
}

function blockOf(part: LetterPart): Block {
  switch (part.kind) {
    case 'heading':
      return { kind: 'heading', text: part.text }
    case 'paragraph':
      return { kind: 'paragraph', sentences: [sentence(part.text)] }
    case 'list':
      return { kind: 'list', items: part.items.map(sentence) }
    case 'facts':
      return { kind: 'facts', facts: part.facts.map(({ label, text }) => ({ label, lines: [sentence(text)] })) }
  }
}

function sentence(text: string) {
  return { id: 'text', text, promises: [] }
}
