import type { TextStyle, Typesetter } from './typeset.ts'

export type Parent = PDFKit.PDFStructureElement

/** Members of pdfkit that its types lack. */
interface Attributed {
  dictionary: { data: { A?: object } }
}

/** Horizontal area of text on a page, in points from the left edge. */
export interface Column {
  x: number
  width: number
}

/** Size of the sheet (A4) and its margins, in points. */
export const sheet = { width: 595.28, height: 841.89, left: 56, right: 56, top: 68, bottom: 76 }
export const fullColumn: Column = { x: sheet.left, width: sheet.width - sheet.left - sheet.right }

export interface Flow {
  /** Returns the position of the next line: page (from 0) and upper edge. */
  at: () => Position
  /** Moves back up, for a second column beside the first. */
  goTo: (place: Position) => void
  /** Returns true while the page is empty. */
  isFresh: () => boolean
  /** Leaves vertical space, except at the top of a page. */
  space: (points: number) => void
  /** Begins a new page if less than this is left. */
  need: (points: number) => void
  /** Adds a structure element under another, fills it by `content` and ends it. */
  within: (parent: Parent, type: string, content: (element: Parent) => void, attributes?: object) => void
  /** Adds one text element. */
  text: (parent: Parent, type: string, text: string, style: TextStyle, column?: Column) => void
  /** Draws a thin line over the whole width, hidden from screen readers. */
  rule: () => void
  heightOf: (text: string, style: TextStyle, column?: Column) => number
}

export interface Position {
  page: number
  y: number
}

/** Returns a flow that breaks text over pages. Everything is drawn inside an element or an artifact (ISO 14289-1, 7.1). */
export function flowIn(doc: PDFKit.PDFDocument, typesetter: Typesetter): Flow {
  const lowest = sheet.height - sheet.bottom
  let place: Position = { page: 0, y: sheet.top }

  const isFresh = () => place.y <= sheet.top

  function nextPage(): void {
    const { start, count } = doc.bufferedPageRange()
    const page = place.page + 1
    if (page < start + count) doc.switchToPage(page)
    else doc.addPage()
    place = { page, y: sheet.top }
  }

  function within(parent: Parent, type: string, content: (element: Parent) => void, attributes?: object): void {
    const element = doc.struct(type)
    if (attributes) (element as Parent & Attributed).dictionary.data.A = attributes
    parent.add(element)
    content(element)
    element.end()
  }

  function drawLines(lines: readonly string[], style: TextStyle, column: Column): void {
    for (const line of lines) {
      typesetter.draw(line, style, column.x, place.y)
      place.y += style.leading
    }
  }

  /** Returns how many of the lines fit on this page; avoids widows and orphans. */
  function fitting(count: number, leading: number): number {
    const room = Math.floor((lowest - place.y + 0.01) / leading)
    if (room >= count) return count
    const fit = count - room === 1 ? room - 1 : room
    return fit < 2 ? 0 : fit
  }

  return {
    at: () => ({ ...place }),
    goTo(to) {
      place = { ...to }
      doc.switchToPage(to.page)
    },
    isFresh,
    space(points) {
      if (!isFresh()) place.y += points
    },
    need(points) {
      if (place.y + points > lowest && !isFresh()) nextPage()
    },
    within,
    text(parent, type, text, style, column = fullColumn) {
      within(parent, type, (element) => {
        const lines = typesetter.linesOf(text, style, column.width)
        // Ends lines with a space, so that words are separated in extracted text.
        const drawn = lines.map((line, index) => (index < lines.length - 1 ? `${line} ` : line))
        while (drawn.length > 0) {
          const now = fitting(drawn.length, style.leading)
          if (now === 0) nextPage()
          else element.add(() => drawLines(drawn.splice(0, now), style, column))
        }
      })
    },
    rule() {
      doc.markContent('Artifact', { type: 'Layout' })
      doc
        .moveTo(fullColumn.x, place.y)
        .lineTo(fullColumn.x + fullColumn.width, place.y)
        .lineWidth(0.5)
        .strokeColor('#d9dee0')
        .stroke()
      doc.endMarkedContent()
    },
    heightOf: (text, style, column = fullColumn) =>
      typesetter.linesOf(text, style, column.width).length * style.leading,
  }
}
