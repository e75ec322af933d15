// Types of the keys of texts/pages: add each new file here.
import type account from '../../../texts/pages/account.json'
import type acts from '../../../texts/pages/acts.json'
import type anonymisation from '../../../texts/pages/anonymisation.json'
import type capture from '../../../texts/pages/capture.json'
import type contact from '../../../texts/pages/contact.json'
import type contacts from '../../../texts/pages/contacts.json'
import type description from '../../../texts/pages/description.json'
import type disclosures from '../../../texts/pages/disclosures.json'
import type error from '../../../texts/pages/error.json'
import type form from '../../../texts/pages/form.json'
import type help from '../../../texts/pages/help.json'
import type imported from '../../../texts/pages/import.json'
import type letters from '../../../texts/pages/letters.json'
import type listening from '../../../texts/pages/listening.json'
import type listeningRoom from '../../../texts/pages/listening-room.json'
import type live from '../../../texts/pages/live.json'
import type log from '../../../texts/pages/log.json'
import type myCalls from '../../../texts/pages/my-calls.json'
import type offices from '../../../texts/pages/offices.json'
import type people from '../../../texts/pages/people.json'
import type plan from '../../../texts/pages/plan.json'
import type quality from '../../../texts/pages/quality.json'
import type reconciliation from '../../../texts/pages/reconciliation.json'
import type records from '../../../texts/pages/records.json'
import type requests from '../../../texts/pages/requests.json'
import type retention from '../../../texts/pages/retention.json'
import type rights from '../../../texts/pages/rights.json'
import type session from '../../../texts/pages/session.json'
import type shell from '../../../texts/pages/shell.json'
import type start from '../../../texts/pages/start.json'
import type studies from '../../../texts/pages/studies.json'
import type today from '../../../texts/pages/today.json'
import type training from '../../../texts/pages/training.json'
import type watch from '../../../texts/pages/watch.json'

/** All keys of the pages' texts; plurals with their suffix. */
export type Words = keyof (typeof account &
  typeof acts &
  typeof anonymisation &
  typeof capture &
  typeof contact &
  typeof contacts &
  typeof description &
  typeof disclosures &
  typeof error &
  typeof form &
  typeof help &
  typeof imported &
  typeof letters &
  typeof listening &
  typeof listeningRoom &
  typeof live &
  typeof log &
  typeof myCalls &
  typeof offices &
  typeof people &
  typeof plan &
  typeof quality &
  typeof reconciliation &
  typeof records &
  typeof requests &
  typeof retention &
  typeof rights &
  typeof session &
  typeof shell &
  typeof start &
  typeof studies &
  typeof today &
  typeof training &
  typeof watch)
