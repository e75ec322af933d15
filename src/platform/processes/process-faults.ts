import { Fault } from '../fault.ts'

/** Codes of this folder's faults. Messages never contain a program's output, which may contain its input. */
export const processFaults = {
  'programs-file-wrong': 'The file that names programs cannot be read or does not say what it must.',
  'program-missing': 'A named program or a file of it cannot be read.',
  'program-changed': 'A named program or a file of it is not the one that was named: its SHA-256 differs.',
  'program-writable': 'A named program or a file of it may be changed by others than its owner.',
  'program-network-open': 'A program would run with a network, as this machine has no means to take it away.',
  'program-files-shared': 'Programs run here without a network, but with the files and sockets of Seloste’s account.',
  'program-failed': 'A program ended otherwise than well.',
  'program-too-slow': 'A program took longer than it may, and was ended.',
  'program-answer-too-long': 'A program wrote more than it may, and was ended.',
} as const

export class ProcessFault extends Fault<keyof typeof processFaults> {}
