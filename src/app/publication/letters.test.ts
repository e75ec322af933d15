import { AxeBuilder } from '@axe-core/playwright'
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs'
import { chromium, type Browser } from 'playwright-core'
import { SaxesParser } from 'saxes'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkPdfUa } from '#test/conformance/pdf/check-pdf-ua.ts'
import { chromiumArgs, findChromium } from '#test/house/find-chromium.ts'
import { readDescription } from '#description/read-description.ts'
import { languages, type Language } from '#description/closed-lists.ts'
import { inventedFacts, type LetterFacts } from '#use/requests/letters/letter-facts.ts'
import { letterKinds, type LetterKind } from '#use/requests/letters/letter.ts'
import { shippedTemplate } from '#use/requests/letters/letter-texts.ts'
import { renderLetter } from '#use/requests/letters/render-letter.ts'
import { readPublicationFiles, type PublicationFiles } from './files.ts'
import { letterPage, readLetterStyle } from './letter-page.ts'
import { letterPdf } from './pdf/letter-pdf.ts'

const description = await readDescription()
const style = await readLetterStyle()
let files: PublicationFiles
let browser: Browser
beforeAll(async () => {
  files = await readPublicationFiles()
  const { executablePath, env } = await findChromium()
  browser = await chromium.launch({ executablePath, args: chromiumArgs, env: { ...process.env, ...env } })
})
afterAll(() => browser.close())

const isLong = process.env['SELOSTE_LONG'] === '1'
const allLetters = letterKinds.flatMap((kind) => languages.map((language) => [kind, language] as const))
/** Each kind of letter in one of the languages, in rotation: they differ only in their texts. The long run has all. */
const inRotation = allLetters.filter(
  (_, index) => isLong || Math.floor(index / languages.length) % languages.length === index % languages.length,
)
const hostile = {
  name: `</address><script>alert("1")</script> & 'O’Đặng' 漢 ${'Pitkänimi'.repeat(20)}`,
  address: `${'Hyvinpitkäkatu '.repeat(30)}\n<b>00100</b> HELSINKI`,
}

function makeLetter(kind: LetterKind, language: Language, changed: Partial<LetterFacts> = {}) {
  const facts = { ...inventedFacts(kind, language), ...changed }
  const content = renderLetter(kind, facts, shippedTemplate(kind, language), description)
  return { content, number: facts.number, language, madeAt: Temporal.Instant.from(facts.madeAt) }
}

/** Parses a page as XML. Throws if it is not well-formed, for example if an element is not closed. */
function read(page: string) {
  const elements: { name: string; attributes: Record<string, string> }[] = []
  let text = ''
  const parser = new SaxesParser()
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ name, attributes }) => elements.push({ name, attributes: attributes }))
  parser.on('text', (piece) => (text += piece))
  parser.write(page.replace('<!doctype html>', '')).close()
  return { elements, text }
}

describe.each(allLetters)('the letter %s in %s', (kind, language) => {
  test('is a page with its language, one top heading, no skipped heading level, and no script', () => {
    const { elements } = read(letterPage(makeLetter(kind, language), style))
    expect(elements[0]).toEqual({ name: 'html', attributes: { lang: language } })
    const levels = elements.flatMap(({ name }) => /^h([1-6])$/.exec(name)?.[1] ?? []).map(Number)
    expect(levels[0]).toBe(1)
    expect(levels.filter((level) => level === 1)).toHaveLength(1)
    for (const [index, level] of levels.entries()) expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1)
    expect(elements.filter(({ name }) => ['script', 'link', 'img', 'iframe', 'form'].includes(name))).toEqual([])
  })
})

test.each(inRotation)('the letter %s in %s passes the automatic PDF/UA-1 checks', async (kind, language) => {
  expect(checkPdfUa(await letterPdf(makeLetter(kind, language), files.pdfFonts))).toEqual([])
})

test('markup in a name or address is escaped on the page and in the PDF, at any length', async () => {
  const letter = makeLetter('answer', 'fi', hostile)
  const { elements, text } = read(letterPage(letter, style))
  expect(elements.filter(({ name }) => name === 'script' || name === 'b')).toEqual([])
  expect(text).toContain(`</address><script>alert("1")</script> & 'O’Đặng' 漢`)
  expect(checkPdfUa(await letterPdf(letter, files.pdfFonts))).toEqual([])
})

test('the envelope window shows the recipient’s address and nothing else', async () => {
  const pdf = await letterPdf(makeLetter('answer', 'fi'), files.pdfFonts)
  const page = await (await getDocument({ data: new Uint8Array(pdf) }).promise).getPage(1)
  const { items } = await page.getTextContent()
  const mm = (points: number) => (points * 25.4) / 72
  const positioned = items.flatMap((item) =>
    'str' in item && item.str.trim() !== ''
      ? [{ text: item.str.trim(), left: mm(item.transform[4] as number), top: 297 - mm(item.transform[5] as number) }]
      : [],
  )
  // Visible, because the sheet can slide: text whose baseline is 47 to 92 mm from the top, up to 115 mm from the left.
  const shown = positioned.filter(({ left, top }) => top > 47 && top < 92 && left < 115)
  expect(shown.map(({ text }) => text)).toEqual(['Maija Mallikas', 'Esimerkkikatu 1 A 2', '00100 HELSINKI'])
  for (const { left, top } of shown) {
    expect(left).toBeGreaterThanOrEqual(19)
    expect(top).toBeGreaterThan(60)
    expect(top).toBeLessThan(84)
  }
})

test('a letter has no axe violations and no horizontal scrolling at 320 and 1280 px', async () => {
  const page = await (await browser.newContext()).newPage()
  const barriers: string[] = []
  for (const letter of [
    makeLetter('answer', 'fi', hostile),
    makeLetter('openness', 'sv'),
    makeLetter('appointment', 'en'),
  ]) {
    await page.setContent(letterPage(letter, style))
    for (const width of [1280, 320]) {
      await page.setViewportSize({ width, height: 800 })
      const sideways = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
      if (sideways > 0) barriers.push(`${width}: ${sideways} px sideways`)
    }
    // The page has no frames: otherwise axe opens another page for each check, to merge its results.
    const axe = new AxeBuilder({ page }).setLegacyMode().options({ preload: false, resultTypes: ['violations'] })
    const { violations } = await axe.analyze()
    barriers.push(...violations.map(({ id, nodes }) => `${id} at ${nodes.map(({ html }) => html).join()}`))
  }
  expect(barriers).toEqual([])
})
