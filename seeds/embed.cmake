# embed.cmake: data files → data.c, one array of bytes a file and a table over them (see data.h).
# cmake -DOUT=data.c -DFOLDER=seeds "-DFILES=a;b" -P embed.cmake
set(arrays "")
set(table "")
set(n 0)
foreach(file IN LISTS FILES)
  file(READ "${FOLDER}/${file}" hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(APPEND arrays "static const unsigned char file_${n}[] = {${bytes}0};\n")
  string(APPEND table "    {\"${file}\", (const char *)file_${n}, sizeof file_${n} - 1},\n")
  math(EXPR n "${n} + 1")
endforeach()
file(WRITE "${OUT}" "/* made by embed.cmake, do not edit */\n#include \"data.h\"\n\n${arrays}\n"
  "const struct data_file data_files[] = {\n${table}};\nconst size_t data_count = ${n};\n")
