import { Fault } from '../fault.ts'

/** Every code this folder throws, with what an operator can do about it. */
export const configFaults = {
  'setting-wrong':
    'A setting has a value that is not allowed: the message has its name, its value and the allowed values.',
  'sip-sources-missing': 'Capture would accept calls from other machines without restriction.',
  'config-file-wrong': 'The settings file cannot be read or is not valid.',
} as const

/** Settings fault. It stops the start, with one line. */
export class ConfigFault extends Fault<keyof typeof configFaults> {}

/** Returns a fault with the setting, the value found and the values allowed. */
export function wrongSetting(name: string, found: string, allowed: string): ConfigFault {
  return new ConfigFault('setting-wrong', `${name} is ${found === '' ? 'empty' : `"${found}"`}: expected ${allowed}.`)
}
