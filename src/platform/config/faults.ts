import { Fault } from '../fault.ts'

/** Every code this folder throws, with what an operator can do about it. */
export const configFaults = {
  'setting-wrong': 'A setting is not allowed as it is: the message says which, what was found and what is allowed.',
  'sip-sources-missing': 'Capture would listen beyond this machine and take calls from anybody.',
  'config-file-wrong': 'The settings file cannot be read or is not the YAML expected.',
} as const

/** Settings fault. It stops the start, with one line. */
export class ConfigFault extends Fault<keyof typeof configFaults> {}

/** Returns a fault with the setting, the value found and the values allowed. */
export function wrongSetting(name: string, found: string, allowed: string): ConfigFault {
  return new ConfigFault('setting-wrong', `${name} is ${found === '' ? 'empty' : `"${found}"`}: allowed is ${allowed}.`)
}
