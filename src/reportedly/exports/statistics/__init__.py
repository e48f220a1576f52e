"""Files of statistics programs: Stata and SPSS."""
