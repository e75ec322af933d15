import { expect, test } from 'vitest'
import { searchHelps } from './search-helps.ts'

const helps = [
  { title: 'Omat puheluni', text: 'Jos soittaja kielsi tallenteen käytön, kirjaa kielto. Syytä ei kysytä.' },
  { title: 'Säilytys', text: 'Säilytysaika on päättynyt. Tallenteet tuhotaan.' },
  { title: 'Käyttövaltuudet', text: 'Pyydä lupaa. Hyväksyjä antaa luvan.' },
  { title: 'Tallenne', text: 'Aloita kuuntelu.' },
]
const found = (query: string) => searchHelps(helps, query).map(({ title }) => title)

test('an inflected word finds the others of its forms', () => {
  expect(found('kiellon')).toEqual(['Omat puheluni'])
  expect(found('kielto')).toEqual(['Omat puheluni'])
  expect(found('lupa')).toEqual(['Käyttövaltuudet'])
  expect(found('luvat')).toEqual(['Käyttövaltuudet'])
  expect(found('kuuntelun')).toEqual(['Tallenne'])
})

test('a part of a compound is found, without accents too', () => {
  expect(found('aika')).toEqual(['Säilytys'])
  expect(found('sailytys')).toEqual(['Säilytys'])
})

test('every word must occur, and titles come first', () => {
  expect(found('tallenteiden')).toEqual(['Tallenne', 'Omat puheluni', 'Säilytys'])
  expect(found('tallenne tuhotaan')).toEqual(['Säilytys'])
  expect(found('eimikään')).toEqual([])
  expect(found('  ')).toHaveLength(4)
})
