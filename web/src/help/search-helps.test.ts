import { expect, test } from 'vitest'
import { searchHelps } from './search-helps.ts'

const helps = [
  { title: 'Omat puheluni', text: 'Jos soittaja kielsi tallenteen käytön, kirjaa kielto. Syytä ei kysytä.' },
  { title: 'Säilytys', text: 'Säilytysaika on päättynyt. Tallenteet tuhotaan.' },
  { title: 'Käyttövaltuudet', text: 'Pyydä lupaa. Hyväksyjä antaa luvan.' },
  { title: 'Tallenne', text: 'Aloita kuuntelu.' },
]
const titlesFound = (query: string) => searchHelps(helps, query).map(({ title }) => title)

test('a word is found by any of its inflected forms', () => {
  expect(titlesFound('kiellon')).toEqual(['Omat puheluni'])
  expect(titlesFound('kielto')).toEqual(['Omat puheluni'])
  expect(titlesFound('lupa')).toEqual(['Käyttövaltuudet'])
  expect(titlesFound('luvat')).toEqual(['Käyttövaltuudet'])
  expect(titlesFound('kuuntelun')).toEqual(['Tallenne'])
})

test('a part of a compound is found, without accents too', () => {
  expect(titlesFound('aika')).toEqual(['Säilytys'])
  expect(titlesFound('sailytys')).toEqual(['Säilytys'])
})

test('every word must occur, and titles come first', () => {
  expect(titlesFound('tallenteiden')).toEqual(['Tallenne', 'Omat puheluni', 'Säilytys'])
  expect(titlesFound('tallenne tuhotaan')).toEqual(['Säilytys'])
  expect(titlesFound('eimikään')).toEqual([])
  expect(titlesFound('  ')).toHaveLength(4)
})
