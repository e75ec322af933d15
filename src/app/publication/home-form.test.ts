import { describe, expect, test } from 'vitest'
import { identityCodeProblem, readCodeForm, readRequestForm } from './home-form.ts'

const offered = ['KNOW', 'LISTEN'] as const
const whole = { party: 'CALLER', kinds: 'KNOW', told: ' eilen ', name: ' Maija ', phone: '040 123 4567' }
const read = (fields: Record<string, string>) => readRequestForm(new URLSearchParams(fields), 'en', offered)

describe('the form of a request from home', () => {
  test('is read without surrounding blanks, and without empty fields', () => {
    expect(read(whole).given).toEqual({
      ...{ party: 'CALLER', kinds: ['KNOW'], language: 'en', told: 'eilen' },
      requester: { name: 'Maija', phone: '040 123 4567' },
    })
  })

  test.each([
    ['party', { party: 'MENTIONED' }, 'Choose who is asking.'],
    ['kinds', { kinds: 'OPENNESS' }, 'Choose what you ask for.'],
    ['told', { told: ' ' }, 'State which call it is about.'],
    ['told', { told: 'x'.repeat(2001) }, 'At most 2000 characters; now 2001.'],
    ['name', { name: '' }, 'Enter your name.'],
    ['address', { phone: '' }, 'Enter at least one: postal address, telephone number or email address.'],
    ['email', { email: 'no address' }, 'Enter the email address as name@example.fi.'],
    ['userId', { party: 'OFFICIAL' }, 'Enter the user id that you had as an official.'],
  ])('has a problem at %s for %o', (field, wrong, problem) => {
    const { given, problems } = read({ ...whole, ...wrong })
    expect(given).toBeUndefined()
    expect(problems).toEqual({ [field]: problem })
  })

  test('needs neither name nor address of somebody who has identified', () => {
    const { given } = read({ ...whole, name: '', phone: '', ticket: 'sealed' })
    expect(given).toMatchObject({ party: 'CALLER', requester: { name: '' } })
  })

  test('drops what the database cannot store', () => {
    expect(read({ ...whole, told: 'a\0b\uD800' }).given?.told).toBe('ab\uFFFD')
    expect(readCodeForm(new URLSearchParams({ code: ' 1\0 ', ticket: 't' }))).toEqual({ code: '1', ticket: 't' })
    expect(readCodeForm(undefined)).toEqual({ code: '', ticket: '' })
  })

  test('the problem of a personal identity code is shown at the field that has the code', () => {
    expect(Object.keys(identityCodeProblem('requester.address', 'fi'))).toEqual(['address'])
    expect(Object.keys(identityCodeProblem('told', 'fi'))).toEqual(['told'])
  })
})
