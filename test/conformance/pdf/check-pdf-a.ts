// Checks a PDF's bytes against PDF/A-2a (ISO 19005-2:2011), as far as a program can beside check-pdf-ua.ts: by the clauses of
// the standard. Returns every breach as text. Does not depend on how the file was made.
import { Name, readPdf, Reference, Text, type Dictionary, type PdfFile, type PdfValue } from './read-pdf.ts'

/** Returns every breach; empty if the document conforms. */
export function checkPdfA(bytes: Buffer): string[] {
  const pdf = readPdf(bytes)
  const catalog = pdf.dictionary(pdf.trailer.get('Root'))
  return [
    ...checkFile(bytes, pdf),
    ...checkMetadata(pdf, catalog),
    ...checkColour(pdf, catalog),
    ...checkFonts(pdf, catalog),
    ...checkActions(pdf, catalog),
  ]
}

/** 6.1: header, trailer, no encryption. */
function checkFile(bytes: Buffer, pdf: PdfFile): string[] {
  const breaches: string[] = []
  if (!/^%PDF-1\.[0-7]$/.test(bytes.subarray(0, 8).toString('latin1'))) breaches.push('6.1.2: the header is wrong')
  const second = bytes.subarray(bytes.indexOf('\n') + 1, bytes.indexOf('\n') + 6)
  if (second[0] !== 0x25 || [...second.subarray(1)].some((byte) => byte < 128))
    breaches.push('6.1.2: no comment of four bytes above 127 after the header')
  if (pdf.trailer.has('Encrypt')) breaches.push('6.1.3: the document is encrypted')
  if (pdf.array(pdf.trailer.get('ID')).length !== 2) breaches.push('6.1.3: the trailer has no ID')
  if (!/%%EOF\s?\n?$/.test(bytes.subarray(-8).toString('latin1'))) breaches.push('6.1.3: there are bytes after the end')
  return breaches
}

/** 6.6: XMP says the part and level, agrees with the document information, and declares schemas of others. */
function checkMetadata(pdf: PdfFile, catalog: Dictionary): string[] {
  const breaches: string[] = []
  const metadata = pdf.follow(catalog.get('Metadata'))
  const xmp = pdf.stream(catalog.get('Metadata'))?.toString('utf8')
  if (metadata === null || xmp === undefined) return ['6.6.2.1: no XMP metadata']
  if (!/<pdfaid:part>\s*2\s*<\/pdfaid:part>/.test(xmp)) breaches.push('6.6.4: XMP does not say part 2')
  if (!/<pdfaid:conformance>\s*A\s*<\/pdfaid:conformance>/.test(xmp)) breaches.push('6.6.4: XMP does not say level A')
  for (const prefix of new Set([...xmp.matchAll(/<(\w+):\w+/g)].map(([, name]) => name ?? ''))) {
    if (knownPrefixes.has(prefix)) continue
    if (!xmp.includes(`<pdfaSchema:prefix>${prefix}</pdfaSchema:prefix>`))
      breaches.push(`6.6.2.3: XMP does not declare ${prefix}`)
  }
  const info = pdf.dictionary(pdf.trailer.get('Info'))
  for (const [name, element] of Object.entries(mirrored)) {
    const text = pdf.follow(info.get(name))
    if (!(text instanceof Text)) continue
    const found = new RegExp(`<${element}>([\\s\\S]*?)</${element}>`).exec(xmp)?.[1]?.replace(/<[^>]+>/g, '\n')
    const values = (found ?? '').split('\n').map((line) => unescape(line.trim()))
    if (!values.includes(name === 'CreationDate' ? isoOf(text.text) : text.text))
      breaches.push(`6.6.3: ${name} differs between Info and XMP`)
  }
  return breaches
}

const knownPrefixes = new Set([
  ...['rdf', 'x', 'dc', 'xmp', 'pdf', 'pdfaid', 'pdfaExtension', 'pdfaSchema', 'pdfaProperty'],
])
const mirrored = {
  Title: 'dc:title',
  Author: 'dc:creator',
  Subject: 'dc:description',
  Creator: 'xmp:CreatorTool',
  Producer: 'pdf:Producer',
  CreationDate: 'xmp:CreateDate',
}
const unescape = (text: string) =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&')

/** Returns a PDF date in UTC as ISO 8601. */
function isoOf(date: string): string {
  const [, year, month, day, hour, minute, second] = /^D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z/.exec(date) ?? []
  return `${year}-${month}-${day}T${hour}:${minute}:${second}Z`
}

/** 6.2.3: device colours need an output intent with a profile. */
function checkColour(pdf: PdfFile, catalog: Dictionary): string[] {
  const [intent] = pdf.array(catalog.get('OutputIntents'))
  const dictionary = pdf.dictionary(intent)
  if (pdf.nameOf(dictionary.get('S')) !== 'GTS_PDFA1') return ['6.2.3: no output intent of PDF/A']
  const profile = pdf.stream(dictionary.get('DestOutputProfile'))
  if (profile?.subarray(36, 40).toString('latin1') !== 'acsp') return ['6.2.3: the output intent has no ICC profile']
  return []
}

/** 6.2.11: fonts are embedded and their text has Unicode. */
function checkFonts(pdf: PdfFile, catalog: Dictionary): string[] {
  return everyDictionary(pdf, catalog)
    .filter((one) => pdf.nameOf(one.get('Type')) === 'Font')
    .flatMap((font) => {
      const name = pdf.nameOf(font.get('BaseFont')) ?? '?'
      const subtype = pdf.nameOf(font.get('Subtype'))
      if (subtype === 'Type0') return font.has('ToUnicode') ? [] : [`6.2.11.7: ${name} has no ToUnicode`]
      const descriptor = pdf.dictionary(font.get('FontDescriptor'))
      const isEmbedded = ['FontFile', 'FontFile2', 'FontFile3'].some((file) => descriptor.has(file))
      return isEmbedded ? [] : [`6.2.11.4: ${name} is not embedded`]
    })
}

/** 6.5 and 6.8: nothing runs and nothing is attached. */
function checkActions(pdf: PdfFile, catalog: Dictionary): string[] {
  return everyDictionary(pdf, catalog).flatMap((one) => [
    ...(['JavaScript', 'Launch'].includes(pdf.nameOf(one.get('S')) ?? '') ? ['6.5.1: an action that runs'] : []),
    ...(one.has('AA') ? ['6.5.2: additional actions'] : []),
    ...(one.has('EF') ? ['6.8: an attached file'] : []),
  ])
}

/** Returns every dictionary that the catalog reaches. */
function everyDictionary(pdf: PdfFile, root: PdfValue): Dictionary[] {
  const seen = new Set<unknown>()
  const found: Dictionary[] = []
  const waiting: PdfValue[] = [root]
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    const key = value instanceof Reference ? value.id : value
    if (seen.has(key) || value instanceof Name || value instanceof Text) continue
    if (typeof key === 'object' || value instanceof Reference) seen.add(key)
    const followed = pdf.follow(value)
    if (Array.isArray(followed)) waiting.push(...followed)
    else if (followed instanceof Map) {
      found.push(followed)
      waiting.push(...followed.values())
    }
  }
  return found
}
