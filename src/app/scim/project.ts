import { attributePath, coreGroup, coreUser, type AttributePath } from './attribute-path.ts'

export interface Projection {
  attributes?: string | undefined
  excludedAttributes?: string | undefined
}

/** Returns a resource with only the requested attributes (RFC 7644 section 3.9), and always `id` and `schemas`. */
export function project(resource: object, { attributes, excludedAttributes }: Projection): object {
  if (attributes !== undefined) {
    const wanted = readPaths(attributes)
    return select(resource, [], (path) => wanted.some((one) => startsWith(path, one) || startsWith(one, path)))
  }
  if (excludedAttributes === undefined) return resource
  const unwanted = readPaths(excludedAttributes)
  return select(resource, [], (path) => !unwanted.some((one) => startsWith(path, one)))
}

/** Path of an attribute, in lower case: the URN of an extension, the attribute, the sub-attribute. */
type PathParts = readonly string[]

function readPaths(text: string): PathParts[] {
  return text
    .split(',')
    .map((written) => written.trim())
    .filter((written) => written !== '')
    .map((written) => partsOf(attributePath(written, 'invalidValue')))
}

function partsOf({ schema, attribute, sub }: AttributePath): PathParts {
  const inCore = schema === undefined || schema === coreUser || schema === coreGroup
  return [...(inCore ? [] : [schema.toLowerCase()]), attribute, sub ?? ''].filter((part) => part !== '')
}

function startsWith(path: PathParts, start: PathParts): boolean {
  return start.every((part, index) => path[index] === part)
}

function select(holder: object, above: PathParts, wanted: (path: PathParts) => boolean): object {
  return Object.fromEntries(
    Object.entries(holder).flatMap(([name, value]) => {
      const path = [...above, name.toLowerCase()]
      if (above.length === 0 && (name === 'id' || name === 'schemas')) return [[name, value as unknown]]
      if (!wanted(path)) return []
      const inner = (one: unknown): unknown =>
        typeof one === 'object' && one !== null && !Array.isArray(one) ? select(one, path, wanted) : one
      return [[name, Array.isArray(value) ? value.map(inner) : inner(value)]]
    }),
  )
}
