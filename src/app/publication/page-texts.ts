/** Texts of the public pages, downloads and PDFs, by area and language. */
import accessibility from '#texts/server/accessibility.json' with { type: 'json' }
import certificate from '#texts/server/certificate.json' with { type: 'json' }
import diary from '#texts/server/diary.json' with { type: 'json' }
import download from '#texts/server/download.json' with { type: 'json' }
import evidence from '#texts/server/evidence.json' with { type: 'json' }
import feedback from '#texts/server/feedback.json' with { type: 'json' }
import home from '#texts/server/home.json' with { type: 'json' }
import packaged from '#texts/server/packaged.json' with { type: 'json' }
import publication from '#texts/server/publication.json' with { type: 'json' }
import { listIn, textsIn, type Language } from '#platform/texts/texts.ts'

export const publicationTexts = (language: Language) => textsIn(publication, language)
export const evidenceTexts = (language: Language) => textsIn(evidence, language)
export const feedbackTexts = (language: Language) => textsIn(feedback, language)
export const homeTexts = (language: Language) => textsIn(home, language)
export const accessibilityTexts = (language: Language) => textsIn(accessibility, language)
export const listAccessibility = (language: Language) => listIn(accessibility, language)
export const certificateTexts = (language: Language) => textsIn(certificate, language)
export const diaryTexts = (language: Language) => textsIn(diary, language)
export const packagedTexts = (language: Language) => textsIn(packaged, language)
export const listPackaged = (language: Language) => listIn(packaged, language)
export const downloadTexts = (language: Language) => textsIn(download, language)
export const listDownload = (language: Language) => listIn(download, language)

/** Returns the page number of a PDF as text. */
export const pageOf = (language: Language) => (page: number, pages: number) =>
  publicationTexts(language)('publication.page-of', { page, pages })
