import { expect, test } from 'vitest'
import { describeShape } from './describe-shape.ts'

test('the shape has names and numbers of elements, and no value', () => {
  const xml = `<r:recording xmlns:r="urn:x"><participant participant_id="p1"><nameID aor="sip:0401234567@x"><name>Matti</name></nameID></participant>
    <participant participant_id="p2"/><extensiondata><vendorThing secret="1">x</vendorThing></extensiondata></r:recording>`
  expect(describeShape(xml)).toEqual([
    'recording',
    'recording/participant[participant_id] x2',
    'recording/participant/nameID[aor]',
    'recording/participant/nameID/name',
    'recording/extensiondata',
    'recording/extensiondata/vendorThing[secret]',
  ])
})

test('in malformed XML a name pasted in brackets is not shown', () => {
  const xml = '<recording><participant id="p"><name>& <Virtanen/></name></participant></recording>'
  expect(describeShape(xml)).toContain('recording/participant/name/?')
  expect(describeShape(xml).join()).not.toContain('Virtanen')
})

test('a refused document has no shape', () => {
  expect(describeShape('<!DOCTYPE a><recording/>')).toEqual([])
  expect(describeShape('')).toEqual([])
})
