import { describe, expect, test } from 'vitest'
import { operations } from '../contract/operations.ts'
import { refusals } from '../refuse.ts'
import { documentApi } from './document-api.ts'
import { referencePage } from './reference-page.ts'
import { renderSchema } from './render-schema.ts'

interface Documented {
  openapi: string
  tags: { name: string }[]
  paths: Record<
    string,
    Record<
      string,
      {
        operationId: string
        summary: string
        tags: string[]
        parameters: { name: string; description?: string }[]
        responses: Record<string, { $ref?: string; description?: string }>
      }
    >
  >
  components: { responses: Record<string, { description: string }> }
}
const document = documentApi('1.2.3') as unknown as Documented
const all = Object.values(document.paths).flatMap((methods) => Object.values(methods))

describe('the document', () => {
  test('has every operation of the contract, each in one group with a description', () => {
    const groups = new Set(document.tags.map(({ name }) => name))
    // The other four are for machines: three of health, one of metrics.
    expect(all.length).toBe(Object.keys(operations).length + 4)
    for (const { operationId, summary, tags } of all) {
      expect(summary.length, operationId).toBeGreaterThan(5)
      expect(tags, operationId).toHaveLength(1)
      expect(groups, operationId).toContain(tags[0])
    }
  })

  test('describes every response, and every reference in it resolves', () => {
    for (const { operationId, responses } of all) {
      for (const [status, { $ref, description }] of Object.entries(responses)) {
        if ($ref === undefined) expect(description, `${operationId} ${status}`).toBeTruthy()
        else expect(document.components.responses, `${operationId} ${status}`).toHaveProperty([$ref.split('/').at(-1)!])
      }
    }
  })

  test('has every code of a refusal under its status, with its text', () => {
    for (const [code, [status, message]] of Object.entries(refusals)) {
      expect(document.components.responses[status]?.description, code).toContain(`\`${code}\`: ${message}`)
    }
  })
})

describe('the page', () => {
  const { page, policy } = referencePage(documentApi('1.2.3'))

  test('shows every operation and every code, and loads nothing else', () => {
    for (const { operationId } of all) expect(page).toContain(`id="${operationId}"`)
    for (const code of Object.keys(refusals)) expect(page).toContain(`<code>${code}</code>`)
    expect(page).not.toMatch(/<script|<link|<img|@import|url\(|https?:\/\//)
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/=]{44}';/)
  })

  test('links only to its own sections and to the document', () => {
    const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))
    for (const [, to] of page.matchAll(/ href="([^"]+)"/g)) {
      if (to !== '/api/openapi.json') expect(ids, to).toContain(to!.slice(1))
    }
    expect(ids.size).toBe([...page.matchAll(/ id="/g)].length)
  })
})

test('a schema is shown as a type, with optional parts and their descriptions', () => {
  const schema = {
    type: 'object',
    required: ['id'],
    properties: {
      id: { type: 'string', format: 'uuid', description: 'Of the call' },
      state: { enum: ['none', 'available'] },
      names: { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'null' }] } },
    },
  }
  expect(renderSchema(schema)).toBe(
    '{\n  id: uuid  // Of the call\n  state?: "none" | "available"\n  names?: (string | null)[]\n}',
  )
})
