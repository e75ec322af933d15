import { Keyboard } from 'lucide-react'
import { Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from 'react-aria-components'
import { Button } from '../controls/button.tsx'
import { useLanguage, type Word } from '../language/use-words.ts'

export type KeyLine = [keys: string[], word: Word]
const playerKeys: KeyLine[] = [
  [['Space', 'K'], 'help.toggle'],
  [['J', 'L'], 'help.skip10'],
  [['←', '→'], 'help.skip5'],
  [['<', '>'], 'help.speed'],
  [['I', 'O'], 'help.region'],
  [['?'], 'help.help'],
]

/** What the player's keys do. */
export function KeyHelp({
  keys = playerKeys,
  isOpen,
  onOpenChange,
}: {
  keys?: readonly KeyLine[]
  isOpen: boolean
  onOpenChange: (isOpen: boolean) => void
}) {
  const { say } = useLanguage()
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={onOpenChange}>
      <Button kind="link">
        <Keyboard aria-hidden="true" size={18} />
        {say('help.title')}
      </Button>
      <ModalOverlay className="modal-overlay" isDismissable>
        <Modal className="modal">
          <Dialog className="dialog-body">
            {({ close }) => (
              <>
                <Heading slot="title" className="dialog-title">
                  {say('help.title')}
                </Heading>
                <p>{say('help.where')}</p>
                <dl className="keys">
                  {keys.map(([names, word]) => (
                    <div key={word}>
                      <dt>
                        {names.map((name) => (
                          <kbd key={name}>{name === 'Space' ? say('help.space') : name}</kbd>
                        ))}
                      </dt>
                      <dd>{say(word)}</dd>
                    </div>
                  ))}
                </dl>
                <div className="actions">
                  <Button kind="primary" onPress={close} autoFocus>
                    {say('close')}
                  </Button>
                </div>
              </>
            )}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  )
}
