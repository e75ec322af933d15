/** Formats a JSON schema for people: `{ id: uuid, names?: { fi: string }[] }`. */
type Schema = Record<string, unknown>

const maxChoices = 12

/** @param indent spaces before the lines of a nested object */
export function renderSchema(schema: Schema | undefined, indent = ''): string {
  if (!schema) return 'nothing'
  if ('const' in schema) return JSON.stringify(schema['const'])
  const choices = schema['enum'] as unknown[] | undefined
  if (choices) {
    const shown = choices.slice(0, maxChoices).map((one) => JSON.stringify(one))
    return [...shown, ...(choices.length > maxChoices ? ['…'] : [])].join(' | ')
  }
  const variants = (schema['anyOf'] ?? schema['oneOf'] ?? schema['allOf']) as Schema[] | undefined
  if (variants) {
    return [...new Set(variants.map((one) => renderSchema(one, indent)))].join('allOf' in schema ? ' & ' : ' | ')
  }
  const { type } = schema
  if (type === 'array') return arrayOf(renderSchema(schema['items'] as Schema | undefined, indent))
  if (type === 'object' || schema['properties']) return objectOf(schema, indent)
  if (Array.isArray(type)) return type.join(' | ')
  return typeof type === 'string' ? ([schema['format'], type].find((one) => one !== undefined) as string) : 'anything'
}

function arrayOf(item: string): string {
  return / [|&] /.test(item) && !item.startsWith('{') ? `(${item})[]` : `${item}[]`
}

function objectOf(schema: Schema, indent: string): string {
  const properties = Object.entries((schema['properties'] as Record<string, Schema> | undefined) ?? {})
  const rest =
    schema['additionalProperties'] ?? Object.values((schema['patternProperties'] as Schema | undefined) ?? {})[0]
  if (properties.length === 0) {
    return typeof rest === 'object' ? `{ [name]: ${renderSchema(rest as Schema, indent)} }` : '{}'
  }
  const required = new Set((schema['required'] as string[] | undefined) ?? [])
  const within = `${indent}  `
  const lines = properties.map(([name, property]) => {
    const description = property['description'] as string | undefined
    const line = `${within}${name}${required.has(name) ? '' : '?'}: ${renderSchema(property, within)}`
    return description === undefined ? line : `${line}  // ${description.replaceAll(/\s+/g, ' ')}`
  })
  return `{\n${lines.join('\n')}\n${indent}}`
}
