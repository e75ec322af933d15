import { escapeText } from '../html.ts'

/** Metadata of a document. */
export interface DocumentMetadata {
  title: string
  author: string
  subject: string
  language: string
  made: Temporal.Instant
}

/** Returns the metadata as XMP (ISO 16684-1): the elements within rdf:RDF. */
export function xmpOf({ title, author, subject, language, made }: DocumentMetadata): string {
  const inLanguage = (text: string) =>
    `<rdf:Alt><rdf:li xml:lang="x-default">${escapeText(text)}</rdf:li><rdf:li xml:lang="${language}">${escapeText(text)}</rdf:li></rdf:Alt>`
  const at = made.round('second').toString()
  return `
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
  <dc:format>application/pdf</dc:format>
  <dc:title>${inLanguage(title)}</dc:title>
  <dc:creator><rdf:Seq><rdf:li>${escapeText(author)}</rdf:li></rdf:Seq></dc:creator>
  <dc:description>${inLanguage(subject)}</dc:description>
  <dc:language><rdf:Bag><rdf:li>${language}</rdf:li></rdf:Bag></dc:language>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
  <xmp:CreateDate>${at}</xmp:CreateDate>
  <xmp:CreatorTool>Seloste</xmp:CreatorTool>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
  <pdf:Producer>PDFKit</pdf:Producer>
</rdf:Description>
`
}
