// Checks a PDF's bytes against PDF/UA-1 (ISO 14289-1:2014), as far as a program can: the conditions of the Matterhorn
// Protocol 1.1 that apply to these documents, by their numbers. Returns every breach as text. Does not depend on how
// the file was made.
import {
  Name,
  readContent,
  readPdf,
  Reference,
  Text,
  type Dictionary,
  type PdfFile,
  type PdfValue,
} from './read-pdf.ts'

/** Structure element as a screen reader finds it. */
interface Element {
  type: string
  dictionary: Dictionary
  children: Element[]
  /** Content of the element itself: page object id and number of the marked content. */
  marks: { page: number; mark: number }[]
}

/** Content of a page by mark; text codes by font. */
interface PageMarks {
  marks: Set<number>
  breaches: string[]
  shown: { font: string; codes: number[] }[]
}

/** Returns every breach, in the order of the Protocol's checkpoints; empty if the document conforms. */
export function checkPdfUa(bytes: Buffer): string[] {
  const pdf = readPdf(bytes)
  if (pdf.trailer.has('Encrypt')) return ['26-001: the document is encrypted']
  const catalog = pdf.dictionary(pdf.trailer.get('Root'))
  const tree = pdf.dictionary(catalog.get('StructTreeRoot'))
  const pages = pagesOf(pdf, catalog.get('Pages'))
  const elements = childrenOf(pdf, tree.get('K'), undefined)
  const content = new Map(pages.map(({ id, page }) => [id, marksOf(pdf, page)]))
  return [
    ...[...content.values()].flatMap(({ breaches }) => breaches),
    ...checkMetadata(pdf, catalog),
    ...checkMarks(pdf, tree, pages, elements, content),
    ...checkStructure(elements),
    ...checkHeadings(elements),
    ...checkTables(pdf, elements),
    ...checkAnnotations(pdf, pages),
    ...checkFonts(pdf, pages, content),
    ...checkBookmarks(pdf, catalog, elements),
  ]
}

interface Page {
  id: number
  page: Dictionary
}

function pagesOf(pdf: PdfFile, node: PdfValue | undefined): Page[] {
  const dictionary = pdf.dictionary(node)
  if (pdf.nameOf(dictionary.get('Type')) === 'Pages') {
    return pdf.array(dictionary.get('Kids')).flatMap((kid) => pagesOf(pdf, kid))
  }
  return node instanceof Reference ? [{ id: node.id, page: dictionary }] : []
}

function childrenOf(pdf: PdfFile, kids: PdfValue | undefined, page: number | undefined): Element[] {
  const followed = pdf.follow(kids)
  const list = Array.isArray(followed) ? followed : followed === null ? [] : [kids ?? null]
  return list.flatMap((kid) => {
    const dictionary = pdf.follow(kid)
    if (!(dictionary instanceof Map) || !dictionary.has('S')) return []
    const own = dictionary.get('Pg')
    const elementPage = own instanceof Reference ? own.id : page
    return [
      {
        type: pdf.nameOf(dictionary.get('S')) ?? '',
        dictionary,
        children: childrenOf(pdf, dictionary.get('K'), elementPage),
        marks: markedContentOf(pdf, dictionary.get('K'), elementPage),
      },
    ]
  })
}

function markedContentOf(pdf: PdfFile, kids: PdfValue | undefined, page: number | undefined): Element['marks'] {
  const followed = pdf.follow(kids)
  const list = Array.isArray(followed) ? followed : [followed]
  return list.flatMap((kid) => {
    if (typeof kid === 'number') return [{ page: page ?? -1, mark: kid }]
    const content = pdf.follow(kid)
    if (!(content instanceof Map) || pdf.nameOf(content.get('Type')) !== 'MCR') return []
    const pageReference = content.get('Pg')
    const mark = content.get('MCID')
    return [
      {
        page: pageReference instanceof Reference ? pageReference.id : (page ?? -1),
        mark: typeof mark === 'number' ? mark : -1,
      },
    ]
  })
}

function withDescendants(elements: readonly Element[]): Element[] {
  return elements.flatMap((element) => [element, ...withDescendants(element.children)])
}

const paintOperators = new Set(['S', 's', 'f', 'F', 'f*', 'B', 'B*', 'b', 'b*', 'sh', 'Do', 'BI', 'Tj', 'TJ', "'", '"'])
const textOperators = new Set(['Tj', 'TJ', "'", '"'])

/** 01: everything painted is marked as content or as an artifact, and neither is inside the other. */
function marksOf(pdf: PdfFile, page: Dictionary): PageMarks {
  const contents = page.get('Contents')
  const parts = Array.isArray(pdf.follow(contents)) ? pdf.array(contents) : [contents ?? null]
  const found: PageMarks = { marks: new Set(), breaches: [], shown: [] }
  const open: ('artifact' | 'content' | 'other')[] = []
  let font = ''
  for (const { operator, operands } of parts.flatMap((part) => readContent(pdf.stream(part) ?? Buffer.alloc(0)))) {
    if (operator === 'BMC' || operator === 'BDC') {
      const [tag, properties] = operands
      const mark = properties instanceof Map ? properties.get('MCID') : undefined
      const kind =
        tag instanceof Name && tag.name === 'Artifact' ? 'artifact' : mark === undefined ? 'other' : 'content'
      if (kind === 'artifact' && open.includes('content'))
        found.breaches.push('01-003: an artifact within tagged content')
      if (kind === 'content' && open.includes('artifact'))
        found.breaches.push('01-004: tagged content within an artifact')
      if (typeof mark === 'number') {
        if (found.marks.has(mark)) found.breaches.push(`01-006: mark ${mark} is there twice`)
        found.marks.add(mark)
      }
      open.push(kind)
    } else if (operator === 'EMC') {
      if (open.pop() === undefined) found.breaches.push('01-007: a mark ends that never began')
    } else if (operator === 'Tf') {
      font = operands[0] instanceof Name ? operands[0].name : ''
    }
    if (paintOperators.has(operator) && !open.some((kind) => kind !== 'other')) {
      found.breaches.push(`01-005: ${operator} is neither tagged nor an artifact`)
    }
    if (textOperators.has(operator)) found.shown.push({ font, codes: codesOf(operands) })
  }
  if (open.length > 0) found.breaches.push('01-007: a mark never ends')
  return found
}

/** Returns the two-byte codes that an operator shows. */
function codesOf(operands: readonly PdfValue[]): number[] {
  const bytes = Buffer.concat(operands.flat().flatMap((part) => (part instanceof Text ? [part.bytes] : [])))
  return Array.from({ length: Math.floor(bytes.length / 2) }, (_, index) => bytes.readUInt16BE(2 * index))
}

/** 06, 07, 11: the document's metadata. */
function checkMetadata(pdf: PdfFile, catalog: Dictionary): string[] {
  const breaches: string[] = []
  const xmp = pdf.stream(catalog.get('Metadata'))?.toString('utf8')
  if (xmp === undefined) breaches.push('06-001: no XMP metadata')
  else {
    if (!/<pdfuaid:part>\s*1\s*<\/pdfuaid:part>/.test(xmp)) breaches.push('06-002: XMP does not say PDF/UA-1')
    if (!/<dc:title>[\s\S]*?<rdf:li[^>]*>[^<]+<\/rdf:li>/.test(xmp)) breaches.push('06-003: XMP has no dc:title')
    if (/&(?!amp;|lt;|gt;|quot;|apos;|#)/.test(xmp)) breaches.push('06-001: XMP is no XML')
  }
  const preferences = pdf.dictionary(catalog.get('ViewerPreferences'))
  if (preferences.get('DisplayDocTitle') !== true) breaches.push('07-001: the title is not what the window shows')
  const language = pdf.follow(catalog.get('Lang'))
  if (!(language instanceof Text) || !/^[a-z]{2,3}(-[A-Za-z0-9]+)*$/.test(language.text)) {
    breaches.push('11-006: the document does not say its language')
  }
  const info = pdf.dictionary(catalog.get('MarkInfo'))
  if (info.get('Marked') !== true || info.get('Suspects') === true)
    breaches.push('06-004: the document is not marked as tagged')
  return breaches
}

/** 09 and ISO 32000-1, 14.7: every mark belongs to one element, and the parent tree points back to that element. */
function checkMarks(
  pdf: PdfFile,
  tree: Dictionary,
  pages: readonly Page[],
  elements: readonly Element[],
  content: ReadonlyMap<number, PageMarks>,
): string[] {
  const breaches: string[] = []
  const holders = new Map<string, Dictionary>()
  for (const { dictionary, marks, type } of withDescendants(elements)) {
    for (const { page, mark } of marks) {
      const key = `${page}/${mark}`
      if (holders.has(key)) breaches.push(`09-001: mark ${mark} belongs to two elements`)
      holders.set(key, dictionary)
      if (!content.get(page)?.marks.has(mark))
        breaches.push(`09-001: ${type} refers to mark ${mark}, which is not on its page`)
    }
  }
  const parents = numbersOf(pdf, tree.get('ParentTree'))
  for (const { id, page } of pages) {
    const marks = content.get(id)?.marks ?? new Set<number>()
    const key = page.get('StructParents')
    const back = pdf.array(parents.get(typeof key === 'number' ? key : -1))
    for (const mark of marks) {
      const holder = holders.get(`${id}/${mark}`)
      if (!holder) breaches.push(`01-005: mark ${mark} is in no element`)
      else if (pdf.follow(back[mark]) !== holder) breaches.push(`09-001: the parent tree leads mark ${mark} astray`)
    }
  }
  return breaches
}

function numbersOf(pdf: PdfFile, node: PdfValue | undefined): Map<number, PdfValue> {
  const dictionary = pdf.dictionary(node)
  const own = pdf.array(dictionary.get('Nums'))
  const found = new Map<number, PdfValue>()
  for (let index = 0; index + 1 < own.length; index += 2) {
    const key = own[index]
    if (typeof key === 'number') found.set(key, own[index + 1] ?? null)
  }
  for (const kid of pdf.array(dictionary.get('Kids'))) {
    for (const [key, value] of numbersOf(pdf, kid)) found.set(key, value)
  }
  return found
}

/** Children that each type may have, for the standard types used by these documents (ISO 32000-1, 14.8.4). */
const allowedChildren: Readonly<Record<string, readonly string[] | 'text'>> = {
  Document: ['Sect', 'P', 'H1', 'H2', 'H3', 'L', 'Table'],
  Sect: ['Sect', 'P', 'H1', 'H2', 'H3', 'L', 'Table'],
  L: ['L', 'LI'],
  LI: ['Lbl', 'LBody'],
  LBody: ['P', 'L'],
  Table: ['THead', 'TBody', 'TR'],
  THead: ['TR'],
  TBody: ['TR'],
  TR: ['TH', 'TD'],
  TH: ['P'],
  TD: ['P', 'L'],
  P: 'text',
  H1: 'text',
  H2: 'text',
  H3: 'text',
  Lbl: 'text',
}
const mayAlsoHaveText = new Set(['LBody', 'TH', 'TD'])

/** 02, 09, 16: element types are known, each in its place, none empty. */
function checkStructure(elements: readonly Element[]): string[] {
  const roots = elements.map(({ type }) => type)
  const breaches =
    roots.join() === 'Document' ? [] : [`09-002: the root is ${roots.join(', ') || 'nothing'}, not Document`]
  for (const { type, children, marks } of withDescendants(elements)) {
    const allowed = allowedChildren[type]
    if (allowed === undefined) {
      breaches.push(`02-001: ${type} is no standard type`)
      continue
    }
    for (const child of children) {
      if (allowed === 'text' || !allowed.includes(child.type)) breaches.push(`09-004: ${child.type} in ${type}`)
    }
    if (marks.length > 0 && allowed !== 'text' && !mayAlsoHaveText.has(type))
      breaches.push(`09-004: text straight in ${type}`)
    if (marks.length + children.length === 0) breaches.push(`09-005: ${type} is empty`)
    if (type === 'LI' && !children.some((child) => child.type === 'LBody'))
      breaches.push('16-001: a list item without LBody')
  }
  return breaches
}

/** 14: headings begin at level 1 and skip none. */
function checkHeadings(elements: readonly Element[]): string[] {
  const levels = withDescendants(elements).flatMap(({ type }) => (/^H\d$/.test(type) ? [Number(type[1])] : []))
  const jumps = levels.flatMap((level, index) => {
    const before = index === 0 ? 0 : (levels[index - 1] ?? 0)
    return level > before + 1 ? [`14-002: H${level} after ${before === 0 ? 'nothing' : `H${before}`}`] : []
  })
  return levels.length === 0 ? ['14-001: no headings'] : jumps
}

/** 15: header cells have a scope, and rows have equal lengths. */
function checkTables(pdf: PdfFile, elements: readonly Element[]): string[] {
  return withDescendants(elements)
    .filter(({ type }) => type === 'Table')
    .flatMap((table) => {
      const rows = withDescendants(table.children).filter(({ type }) => type === 'TR')
      const heads = withDescendants(table.children).filter(({ type }) => type === 'TH')
      const scopes = heads.map(({ dictionary }) => pdf.nameOf(pdf.dictionary(dictionary.get('A')).get('Scope')))
      return [
        ...(heads.length === 0 ? ['15-003: a table without header cells'] : []),
        ...scopes.flatMap((scope) =>
          scope === 'Column' || scope === 'Row' ? [] : ['15-003: a header cell without scope'],
        ),
        ...(new Set(rows.map(({ children }) => children.length)).size > 1 ? ['15-005: rows of unequal length'] : []),
      ]
    })
}

/**
 * 28: these documents have no annotations. An annotation would need its place in the structure and the matching tab
 * order.
 */
function checkAnnotations(pdf: PdfFile, pages: readonly Page[]): string[] {
  return pages.flatMap(({ page }) => (pdf.array(page.get('Annots')).length > 0 ? ['28-002: an annotation'] : []))
}

/** 31, 10: fonts are embedded, and every character shown has a glyph and its Unicode. */
function checkFonts(pdf: PdfFile, pages: readonly Page[], content: ReadonlyMap<number, PageMarks>): string[] {
  const breaches = new Set<string>()
  for (const { id, page } of pages) {
    const fonts = pdf.dictionary(pdf.dictionary(page.get('Resources')).get('Font'))
    for (const { font, codes } of content.get(id)?.shown ?? []) {
      const dictionary = pdf.dictionary(fonts.get(font))
      const name = pdf.nameOf(dictionary.get('BaseFont')) ?? font
      const descendant = pdf.dictionary(pdf.array(dictionary.get('DescendantFonts'))[0])
      const descriptor = pdf.dictionary(descendant.get('FontDescriptor'))
      const isInFile = ['FontFile', 'FontFile2', 'FontFile3'].some((key) => pdf.stream(descriptor.get(key)))
      if (!isInFile) breaches.add(`31-009: ${name} is not embedded`)
      if (pdf.nameOf(dictionary.get('Encoding')) !== 'Identity-H') breaches.add(`31-006: ${name} has another encoding`)
      if (pdf.nameOf(descendant.get('CIDToGIDMap')) !== 'Identity') breaches.add(`31-004: ${name} has no CIDToGIDMap`)
      const unicode = unicodeOf(pdf.stream(dictionary.get('ToUnicode')))
      if (!unicode) breaches.add(`31-027: ${name} has no ToUnicode`)
      for (const code of codes) {
        if (code === 0) breaches.add(`31-030: ${name} shows a character that it has not`)
        const text = unicode?.(code)
        if (unicode && (text === undefined || /[\0\uFEFF\uFFFE]/.test(text)))
          breaches.add(`10-001: ${name}: code ${code} has no Unicode`)
      }
    }
  }
  return [...breaches]
}

/** Returns the text of a code, by a ToUnicode map. */
function unicodeOf(map: Buffer | undefined): ((code: number) => string | undefined) | undefined {
  if (!map) return undefined
  const texts = new Map<number, string>()
  const source = map.toString('latin1')
  const textOf = (digits: string) => new Text(Buffer.from(`feff${digits.replace(/\s/g, '')}`, 'hex')).text
  for (const [, body = ''] of source.matchAll(/beginbfrange([\s\S]*?)endbfrange/g)) {
    for (const [, from = '', , list, first] of body.matchAll(
      /<([\da-f]+)>\s*<([\da-f]+)>\s*(?:\[([^\]]*)\]|<([\da-f\s]+)>)/gi,
    )) {
      const start = parseInt(from, 16)
      if (first !== undefined) texts.set(start, textOf(first))
      ;[...(list ?? '').matchAll(/<([\da-f\s]*)>/gi)].forEach(([, digits = ''], index) =>
        texts.set(start + index, textOf(digits)),
      )
    }
  }
  for (const [, body = ''] of source.matchAll(/beginbfchar([\s\S]*?)endbfchar/g)) {
    for (const [, code = '', digits = ''] of body.matchAll(/<([\da-f]+)>\s*<([\da-f\s]+)>/gi)) {
      texts.set(parseInt(code, 16), textOf(digits))
    }
  }
  return (code) => texts.get(code)
}

/** Beyond the standard: the headings exist as bookmarks, in order. */
function checkBookmarks(pdf: PdfFile, catalog: Dictionary, elements: readonly Element[]): string[] {
  const count = (item: PdfValue | undefined): number => {
    const dictionary = pdf.dictionary(item)
    if (dictionary.size === 0) return 0
    return 1 + count(dictionary.get('First')) + count(dictionary.get('Next'))
  }
  const bookmarks = count(pdf.dictionary(catalog.get('Outlines')).get('First'))
  const headings = withDescendants(elements).filter(({ type }) => type === 'H1' || type === 'H2').length
  return bookmarks === headings ? [] : [`bookmarks: ${bookmarks} for ${headings} headings`]
}
