import { dayText } from '../tell-values.ts'
import type { GdprWords } from './gdpr-words.ts'
import { lawsOf } from './grounds.ts'

export const gdprEn: GdprWords = {
  subtitle:
    'Privacy notice: information under Articles 13 and 14 of the EU General Data Protection Regulation (2016/679)',
  headings: {
    controller: 'Controller',
    purposes: 'Purposes of processing and legal basis',
    data: 'Groups of data subjects and personal data',
    recipients: 'Disclosure of data',
    retention: 'Retention periods',
    protection: 'Protection of the data and access rights',
    rights: 'Rights of the data subject',
    officials: 'Recording of officials’ calls',
  },
  labels: {
    register: 'Register',
    controller: 'Controller',
    visitingAddress: 'Visiting address',
    switchboard: 'Switchboard',
    officer: 'Data protection officer',
    phone: 'Telephone',
    dataSubjects: 'Data subjects',
  },
  purposeHead: ['Purpose', 'Legal basis', 'Data'],
  dataSets: { history: 'contact history', recordings: 'recordings' },
  added({ description, uses, withinEea }) {
    const { controller, rights, recordingPlan, storage, disclosure, switches, effectiveFrom } = description
    const { cooperation } = recordingPlan
    const laws = lawsOf(disclosure.provisions, effectiveFrom, 'en')
    return {
      'L2-source':
        'The data arise in the telephone system during the call; the official’s name and phone number come from the controller’s directory of its staff.',
      'L2-number': 'Callers need not give their phone number: its display can be withheld.',
      'L2-complaint':
        'A data subject who considers that the processing of their personal data infringes the law may lodge a complaint with the supervisory authority: the Office of the Data Protection Ombudsman, www.tietosuoja.fi.',
      'L2-evaluations': uses('QUALITY')
        ? 'What was written of a call in quality assessment is removed with its recording at the latest; the marks that stay in the results of a group do not tell whose calls they were of. Which recordings could have been drawn for assessment is removed after eight months.'
        : undefined,
      'L2-training': uses('TRAINING')
        ? 'The list of who attended a training session is removed 14 months after its end.'
        : undefined,
      'L2-counts':
        'Calls are counted by hour, number and unit. After fourteen months the month and the number are left, in multiples of five.',
      L3: 'Before an official answers, the caller hears an announcement:',
      'L7-rights':
        'The data subject has the right of access to their data and may ask for the rectification of inaccurate data (Articles 15 and 16 of the Regulation). Erasure of a recording and objection to its processing are carried out by forbidding its use: no reasons are asked, and the recording is destroyed; if something prevents that for a time, the recording is used for that purpose alone until then (Articles 17 and 21). The data subject may also ask for the processing of a recording to be restricted: the restriction lasts until it is decided on, within the retention period, and its end is told by letter beforehand (Article 18). Processing is restricted also while an objection to it is handled. The contact history is erased when its retention period ends.',
      'L7-time':
        'A request is answered within one month, free of charge; where it is complex, the time may be extended by at most two months (Article 12).',
      'L7-where': `Requests are addressed to: ${rights.unit.en}, ${controller.postalAddress.en}.`,
      'L10-portability':
        'The right to data portability concerns only data whose processing is based on consent or on a contract (Article 20).',
      'L10-automatic':
        'No automated decisions are made and no profiling is done on the basis of the data (Article 22).',
      L11: 'On request, it is told when and for which purpose somebody looked at the data of the call or listened to the recording; the name is not told.',
      'L16-procedure':
        cooperation &&
        `The recording of calls has been dealt with in the cooperation procedure on ${dayText(cooperation.decidedOn).en} (${cooperation.document}).`,
      'L16-consent':
        switches.officialConsent === 'required'
          ? 'Calls are recorded only of those officials who have consented to it; consent may be withdrawn at any time, and withdrawing it does not affect processing before that.'
          : undefined,
      L19: 'Every look at the data and every listening leaves an entry in the log.',
      L26: withinEea ? 'The data are not transferred outside the European Economic Area.' : undefined,
      L28: `Backups are kept at most ${storage.backupDays} days. The key of a destroyed recording is destroyed in every copy as well, and what has been destroyed does not come back from a backup.`,
      L36: disclosure.authority && laws ? `Disclosure to an authority is based on law: ${laws}.` : undefined,
    }
  },
}
