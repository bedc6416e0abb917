-- the outline of a polygon on a small map, in SVG's path language; 5 m are less than a pixel of a city
-- (sqlfluff takes the parameter for a type)
CREATE OR REPLACE TEMP MACRO svg_pfad(gestalt) AS -- noqa: CP05
st_assvg(st_simplifypreservetopology(gestalt, 5), FALSE, 0);
