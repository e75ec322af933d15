import { useState } from 'react'
import { Button } from '../controls/button.tsx'
import { Confirm } from '../controls/confirm.tsx'
import { Failure } from '../controls/failure.tsx'
import { useLanguage } from '../language/use-words.ts'

/** Which item something is of, where it is read alone. */
export function OfItem({ item }: { item: number }) {
  const { say } = useLanguage()
  return <span className="visually-hidden">: {say('disclosures.item', { item })}</span>
}

/** Takes an item out of a disclosure, once it was asked again. */
export function TakeOut({
  item,
  what,
  isBusy,
  error,
  onDo,
}: {
  item: number
  /** What becomes of its recording. */
  what: string
  isBusy: boolean
  error: unknown
  onDo: () => void
}) {
  const { say } = useLanguage()
  const [isAsking, setAsking] = useState(false)
  return (
    <>
      <Button kind="quiet" isBusy={isBusy} onPress={() => setAsking(true)}>
        {say('disclosures.item.drop')}
        <OfItem item={item} />
      </Button>
      {error != null && <Failure error={error} />}
      <Confirm
        title={say('disclosures.item.drop.sure', { item })}
        doLabel={say('disclosures.item.drop')}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onDo={onDo}
      >
        <p>{what}</p>
      </Confirm>
    </>
  )
}
