// nx forces colour in its tasks; tests compare plain text.
delete process.env.FORCE_COLOR;
process.env.NO_COLOR = '1';
