/** Texts of the public pages, downloads and PDFs, by area and language. */
import accessibility from '#texts/server/accessibility.json' with { type: 'json' }
import certificate from '#texts/server/certificate.json' with { type: 'json' }
import download from '#texts/server/download.json' with { type: 'json' }
import evidence from '#texts/server/evidence.json' with { type: 'json' }
import feedback from '#texts/server/feedback.json' with { type: 'json' }
import packaged from '#texts/server/packaged.json' with { type: 'json' }
import publication from '#texts/server/publication.json' with { type: 'json' }
import { listIn, sayIn, type Language } from '#platform/texts/texts.ts'

export const sayPublication = (language: Language) => sayIn(publication, language)
export const sayEvidence = (language: Language) => sayIn(evidence, language)
export const sayFeedback = (language: Language) => sayIn(feedback, language)
export const sayAccessibility = (language: Language) => sayIn(accessibility, language)
export const listAccessibility = (language: Language) => listIn(accessibility, language)
export const sayCertificate = (language: Language) => sayIn(certificate, language)
export const sayPackaged = (language: Language) => sayIn(packaged, language)
export const listPackaged = (language: Language) => listIn(packaged, language)
export const sayDownload = (language: Language) => sayIn(download, language)
export const listDownload = (language: Language) => listIn(download, language)

/** Returns the page number of a PDF as text. */
export const pageOf = (language: Language) => (page: number, pages: number) =>
  sayPublication(language)('publication.page-of', { page, pages })
