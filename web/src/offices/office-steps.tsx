import { useState } from 'react'
import { $api } from '../api/client.ts'
import { Notice } from '../controls/notice.tsx'
import { ActStep } from '../controls/step.tsx'
import { Toggle } from '../controls/toggle.tsx'
import { formatCount } from '../format/number.ts'
import { useLanguage } from '../language/use-words.ts'
import { emptyOffice, isWhole, OfficeFields, type WrittenOffice } from './office-fields.tsx'
import type { Office } from './office-shapes.ts'

/** Enters an office for listening. */
export function EnterOffice({ onEntered }: { onEntered: () => void }) {
  const { t } = useLanguage()
  const enter = $api.useMutation('post', '/api/offices')
  const [written, setWritten] = useState<WrittenOffice>(emptyOffice)
  return (
    <ActStep
      open={t('offices.enter')}
      submit={t('offices.enter.do')}
      act={enter}
      request={() => (isWhole(written) ? { body: written } : undefined)}
      onDone={onEntered}
      onOpen={() => setWritten(emptyOffice)}
    >
      {(isTried) => <OfficeFields value={written} onChange={setWritten} isTried={isTried} />}
    </ActStep>
  )
}

/** Corrects an office's name or address, or closes it for new appointments. */
export function ChangeOffice({ office, onChanged }: { office: Office; onChanged: () => void }) {
  const { t, language } = useLanguage()
  const change = $api.useMutation('put', '/api/offices/{id}')
  const [written, setWritten] = useState<WrittenOffice>(office)
  const [isClosed, setClosed] = useState(office.isClosed)
  const { names, address } = written
  return (
    <ActStep
      open={t('offices.office.change')}
      submit={t('offices.office.change.do')}
      act={change}
      request={() =>
        isWhole(written) ? { params: { path: { id: office.id } }, body: { names, address, isClosed } } : undefined
      }
      onDone={onChanged}
      onOpen={() => {
        setWritten(office)
        setClosed(office.isClosed)
      }}
    >
      {(isTried) => (
        <>
          {office.bookedSlots > 0 && (
            <Notice kind="warning">
              {t('offices.office.booked', { count: formatCount(office.bookedSlots, language) })}
            </Notice>
          )}
          <OfficeFields value={written} onChange={setWritten} isTried={isTried} />
          <Toggle
            id="office-closed"
            label={t('offices.office.closed.toggle')}
            hint={t('offices.office.closed.hint')}
            value={isClosed}
            onChange={setClosed}
          />
        </>
      )}
    </ActStep>
  )
}
