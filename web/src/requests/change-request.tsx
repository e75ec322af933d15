import { useState } from 'react'
import { $api } from '../api/client.ts'
import { refusalField, refusalKey } from '../api/refusal.ts'
import type { Me, RequestDetail, RequestKind } from '../api/shapes.ts'
import { Checks } from '../controls/checks.tsx'
import { Choice } from '../controls/choice.tsx'
import { ActStep } from '../controls/step.tsx'
import { languageNames, languages } from '../language/language.ts'
import { useLanguage } from '../language/use-words.ts'
import { requesterOf, wrongRequester, type RequesterDraft } from './new-request.ts'
import { kindsOf } from './queue.ts'
import { RequesterFields } from './requester-fields.tsx'
import { useQueue } from './use-queue.ts'
import type { Done } from './steps.ts'

/** Corrects the requester, language and content. */
export function ChangeRequest({ request, me, onDone }: { request: RequestDetail; me: Me; onDone: Done }) {
  const { t } = useLanguage()
  const change = $api.useMutation('put', '/api/requests/{id}')
  const { data: queue } = useQueue({}, me)
  const [requester, setRequester] = useState<RequesterDraft>(() => draftOf(request))
  const [kinds, setKinds] = useState<RequestKind[]>(request.kinds)
  const [language, setLanguage] = useState(request.language)
  const wrong = wrongRequester(requester)
  const possible = kindsOf(request.party, queue?.mayAsk ?? request.kinds)
  const changed = () => {
    if (wrong.length > 0 || kinds.length === 0) return undefined
    return { params: { path: { id: request.id } }, body: { kinds, language, requester: requesterOf(requester) } }
  }
  return (
    <ActStep
      open={t('requests.request.change')}
      submit={t('requests.request.change.do')}
      act={change}
      request={changed}
      onDone={() => onDone(t('requests.request.changed'), 'request-facts')}
      onOpen={() => {
        setRequester(draftOf(request))
        setKinds(request.kinds)
        setLanguage(request.language)
      }}
    >
      {(isTried) => (
        <>
          <Checks
            label={t('requests.request.kinds')}
            error={isTried && kinds.length === 0 ? t('requests.request.kinds.missing') : undefined}
            options={possible.map((value) => ({ value, label: t(`requests.request.kind.${value}`) }))}
            value={kinds}
            onChange={(value) => setKinds(value as RequestKind[])}
          />
          <Choice
            label={t('requests.request.language')}
            options={languages.map((value) => ({ value, label: languageNames[value] }))}
            value={language}
            onChange={(value) => setLanguage(value as RequestDetail['language'])}
          />
          <RequesterFields
            prefix="change"
            value={requester}
            onChange={(edited) => setRequester({ ...requester, ...edited })}
            errorAt={(field) => {
              const one = isTried && wrong.find((at) => at.field === field)
              if (field === refusalField(change.error)) return t(`error.${refusalKey(change.error)}`)
              return one ? t(`requests.request.${one.field}.${one.why}` as 'requests.request.name.missing') : undefined
            }}
          />
        </>
      )}
    </ActStep>
  )
}

function draftOf({ requester }: RequestDetail): RequesterDraft {
  return {
    name: requester?.name ?? '',
    address: requester?.address ?? '',
    email: requester?.email ?? '',
    phone: requester?.phone ?? '',
  }
}
