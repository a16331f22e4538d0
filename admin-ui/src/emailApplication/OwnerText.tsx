import { Box, Button } from '@mui/material';
import { useState } from 'react';
import { Copy } from '../field/Copy';
import { Fault } from '../layout/Fault';
import { commands, type OwnerChallenge } from '../providers/commands';
import { newKey } from '../providers/key';
import { Problem } from '../providers/problem';
import { useCommand } from '../providers/useCommand';
import { wrongOf, type Wrong } from './emailApplication';

interface OwnerTextProps {
  readonly borrowerId: string;
  readonly miner: string;
  readonly onMade: (loanId: string) => void;
  readonly onWrong: (wrong: Wrong) => void;
}

/** The text that the miner's owner signs: made here, mailed to them, and signed with their own key. */
export function OwnerText({ borrowerId, miner, onMade, onWrong }: OwnerTextProps) {
  const [made, setMade] = useState<OwnerChallenge | null>(null);
  const { mutate, isPending, error } = useCommand(
    async () => {
      try {
        const challenge = await commands.challengeOwner(borrowerId, miner, newKey());
        setMade(challenge);
        onMade(challenge.loanId);
      } catch (thrown) {
        if (thrown instanceof Problem) onWrong(wrongOf(thrown));
        throw thrown;
      }
    },
    { message: 'Mail this text to the borrower: their owner signs it.' },
  );
  return (
    <>
      <Button
        variant="outlined"
        disabled={isPending || borrowerId === '' || miner === ''}
        onClick={() => mutate(undefined)}
      >
        {isPending ? 'Asking…' : 'Make the text for the owner to sign'}
      </Button>
      {error === null ? null : <Fault error={error} />}
      {made === null ? null : (
        <Box role="note" aria-label="The text to be signed" sx={{ mt: 1.5 }}>
          <Box component="code" sx={{ overflowWrap: 'anywhere' }}>
            {made.text}
          </Box>
          <Copy value={made.text} what="text" />
          <Box sx={{ color: 'text.secondary', fontSize: 13 }}>
            Good until epoch {made.expiryEpoch.toLocaleString('en')}; signed with{' '}
            <code>lotus wallet sign</code> or <code>npm run wallet -- sign-challenge</code>.
          </Box>
        </Box>
      )}
    </>
  );
}
