import { Fault } from '../fault.ts'

/** Codes of this folder's faults. Messages never contain a program's output, which may contain its input. */
export const processFaults = {
  'programs-file-wrong': 'The programs file cannot be read or is not valid.',
  'program-missing': 'A named program or a file of it cannot be read.',
  'program-changed': 'A named program or one of its files was changed: its SHA-256 differs.',
  'program-writable': 'A named program or one of its files is writable by others than its owner.',
  'program-network-open': 'A program would run with network access, because this machine cannot isolate it.',
  'program-files-shared':
    'Programs run here without network access, but with access to the files and sockets of Seloste’s account.',
  'program-failed': 'A program failed.',
  'program-too-slow': 'A program exceeded its time limit and was killed.',
  'program-answer-too-long': 'A program exceeded its output limit and was killed.',
} as const

export class ProcessFault extends Fault<keyof typeof processFaults> {}
