import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { ConfigFault } from './faults.ts'

/**
 * Reads a YAML file of settings: one mapping of `names` to texts.
 * @returns `undefined` when there is no such file
 * @throws ConfigFault `config-file-wrong`, one line
 */
export function readConfigFile(file: string, names: readonly string[]): Map<string, string> | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new ConfigFault('config-file-wrong', `The settings file ${file} cannot be read (${code}).`, error)
  }
  return checkNames(file, parseYaml(file, text), names)
}

function parseYaml(file: string, text: string): unknown {
  try {
    return parse(text) as unknown
  } catch (error) {
    const [firstLine = ''] = (error as Error).message.split('\n')
    throw new ConfigFault('config-file-wrong', `The settings file ${file} is not YAML: ${firstLine}`, error)
  }
}

function checkNames(file: string, content: unknown, names: readonly string[]): Map<string, string> {
  if (content === null || content === undefined) return new Map()
  if (typeof content !== 'object' || Array.isArray(content)) {
    throw new ConfigFault('config-file-wrong', `The settings file ${file} is not a list of "name: value".`)
  }
  const settings = new Map<string, string>()
  for (const [name, value] of Object.entries(content)) {
    if (!names.includes(name)) {
      throw new ConfigFault(
        'config-file-wrong',
        `The settings file ${file} has "${name}": allowed are ${names.join(', ')}.`,
      )
    }
    if (typeof value !== 'string' && typeof value !== 'number') {
      throw new ConfigFault('config-file-wrong', `The settings file ${file} has no text at "${name}".`)
    }
    settings.set(name, String(value))
  }
  return settings
}
