import { Box, Button } from '@mui/material';
import { useListFilterContext } from 'react-admin';

export interface Choice {
  readonly value: string | boolean | null;
  readonly label: string;
}

interface FilterContext {
  readonly filterValues: Readonly<Record<string, unknown>>;
  readonly setFilters: (filters: Readonly<Record<string, unknown>>) => void;
}

interface ChoiceFilterProps {
  /** The filter of the list that it sets. */
  readonly source: string;
  readonly label: string;
  readonly choices: readonly Choice[];
}

/** One filter as a row of buttons; null stands for "all". The choice is part of the page's address. */
export function ChoiceFilter({ source, label, choices }: ChoiceFilterProps) {
  const context: FilterContext = useListFilterContext();
  const { filterValues: values, setFilters } = context;
  const present = values[source] ?? null;
  const choose = (value: Choice['value']): void => {
    const others = Object.fromEntries(Object.entries(values).filter(([key]) => key !== source));
    setFilters(value === null ? others : { ...others, [source]: value });
  };
  return (
    <Box
      role="group"
      aria-label={label}
      sx={{ display: 'inline-flex', flexWrap: 'wrap', gap: '4px', mb: 1.5, mr: 3 }}
    >
      {choices.map(({ value, label: text }) => (
        <Button
          key={text}
          aria-pressed={present === value}
          onClick={() => choose(value)}
          sx={{
            px: 1.5,
            py: '3px',
            fontWeight: present === value ? 650 : 500,
            color: present === value ? 'primary.main' : 'text.secondary',
            bgcolor: present === value ? 'background.paper' : 'transparent',
            border: '1px solid',
            borderColor: present === value ? 'primary.main' : 'divider',
          }}
        >
          {text}
        </Button>
      ))}
    </Box>
  );
}
