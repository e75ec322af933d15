import { Fault } from '#platform/fault.ts'

/** Codes of this folder's faults, each with the operator's remedy. */
export const placeFaults = {
  'place-unattested': 'A new place has no site whose electronic access control is attested today (R19).',
  'place-foreign': 'The place belongs to another installation: use another folder or bucket.',
  'place-other':
    'The folder or bucket is another place of this installation: mount the right one, or give it its own name.',
  'place-slow': 'The place did not answer in time; retried every minute.',
  'place-differs': 'The place returns other bytes than were written: its disk or server is faulty.',
  'place-ledger-ahead':
    'The ledger in the place is longer than in the database: the database is from an earlier time; restore it.',
  'place-ledger-other':
    'Another register that was restored from the same backups has written its ledger there: take another folder or bucket.',
  'place-two-keys': 'Another process runs with another SELOSTE_BACKUP_KEY: set both to the same.',
  'place-unready': 'The installation has no audit log yet, whose name identifies its places; retried.',
  'place-keyring-broken': 'The copy of the keyring in the place was altered.',
} as const

/** Fault of a place, with a code of `placeFaults`. */
export class PlaceFault extends Fault<keyof typeof placeFaults> {}
