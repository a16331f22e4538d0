import { Autocomplete, TextField } from '@mui/material';
import { useState } from 'react';
import { type RaRecord, useGetList } from 'react-admin';

interface Customer extends RaRecord {
  readonly id: string;
  readonly email: string;
}

interface BorrowerProps {
  readonly fault: string | undefined;
  readonly onChange: (customerId: string) => void;
}

/** Whose mail it was: customers whose account is open, found by their email. */
export function Borrower({ fault, onChange }: BorrowerProps) {
  const [typed, setTyped] = useState('');
  const { data = [] } = useGetList<Customer>('customers', {
    filter: { state: 'open', ...(typed.trim() === '' ? {} : { q: typed.trim() }) },
    pagination: { page: 1, perPage: 25 },
    sort: { field: 'createdAt', order: 'DESC' },
  });
  return (
    <Autocomplete<Customer>
      options={data}
      getOptionLabel={({ email }) => email}
      isOptionEqualToValue={(option, value) => option.id === value.id}
      filterOptions={(options) => options}
      noOptionsText="No open account has this email."
      onInputChange={(_event, text) => setTyped(text)}
      onChange={(_event, customer) => onChange(customer?.id ?? '')}
      renderInput={(params) => (
        <TextField
          {...params}
          label="Borrower"
          required
          error={fault !== undefined}
          helperText={fault ?? 'The email of an open account'}
        />
      )}
    />
  );
}
